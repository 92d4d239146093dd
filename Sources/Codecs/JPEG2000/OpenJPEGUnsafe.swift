private import COpenJPEG

/// The calls into OpenJPEG: memory stream, strict decoding, one picture or strips of it.
enum OpenJPEG {
  /// OpenJPEG works in 32 bits a sample, several times the memory of the picture. Above this many
  /// pixels pictures are decoded by strips.
  private static let largestWhole = 1 << 23
  /// Strips of a large picture: more would decode more of their neighbours' border anew.
  private static let strips = 32
  /// Strips end in the middle of code-blocks, which have 64 rows, or 128 of the picture: a block that is
  /// cut is decoded by two strips, while a cut between blocks has both strips decode those on both
  /// sides, as wavelets reach across it.
  private static let cut = 32

  static func decode(_ bytes: [UInt8], limits: CodecLimits) throws(CodecError) -> JPEG2000Pixels {
    let outcome = bytes.withUnsafeBytes { lent in
      Result { () throws(CodecError) in try decode(lent, limits: limits) }
    }
    return try outcome.get()
  }

  static func decode(
    _ bytes: UnsafeRawBufferPointer, limits: CodecLimits
  ) throws(CodecError) -> JPEG2000Pixels {
    let header = try JPEG2000Header(of: bytes)
    try header.check(against: limits, byteCount: bytes.count)
    let isWhole = header.width * header.height <= largestWhole || header.isSubsampled
    return try decode(bytes, header, strips: isWhole ? 1 : strips)
  }

  /// - Parameter strips: more than 1 only where no component is subsampled.
  static func decode(
    _ bytes: UnsafeRawBufferPointer, _ header: JPEG2000Header, strips: Int
  ) throws(CodecError) -> JPEG2000Pixels {
    var assembly: JPEG2000Assembly?
    for part in parts(of: header.height, strips: strips) {
      try decode(bytes, header, strips == 1 ? nil : part) { (image) throws(CodecError) in
        if assembly == nil { assembly = try JPEG2000Assembly(image, header) }
        try assembly?.add(image, firstRow: part.lowerBound, rows: part.count)
      }
    }
    guard let assembly else { throw .truncated(header.format) }
    return assembly.picture
  }

  private static func parts(of height: Int, strips: Int) -> [Range<Int>] {
    guard strips > 1 else { return [0..<height] }
    let rows = (height / strips + 127) / 128 * 128
    let ends = stride(from: rows + cut, to: height, by: rows) + [height]
    return zip([0] + ends, ends).map { $0..<$1 }
  }

  /// Decodes rows of the picture, all where `rows` is nil, and lends the result.
  private static func decode(
    _ bytes: UnsafeRawBufferPointer, _ header: JPEG2000Header, _ rows: Range<Int>?,
    _ body: (opj_image_t) throws(CodecError) -> Void
  ) throws(CodecError) {
    guard let base = bytes.baseAddress else { throw .truncated(header.format) }
    let source = MemorySource(base: base, count: bytes.count)
    let complaint = Complaint()
    var codec = opj_create_decompress(header.format == .jp2 ? OPJ_CODEC_JP2 : OPJ_CODEC_J2K)
    let stream = opj_stream_create(1 << 16, 1)
    defer {
      opj_stream_destroy(stream)
      opj_destroy_codec(codec)
    }
    guard let decoder = codec, let stream else { throw .outOfMemory(header.format) }
    // Safe: `source` and `complaint` are kept alive until the codec and the stream are destroyed.
    defer { withExtendedLifetime((source, complaint)) {} }
    connect(stream, to: source)
    listen(to: decoder, complaint)
    var parameters = opj_dparameters_t()
    opj_set_default_decoder_parameters(&parameters)
    var image: UnsafeMutablePointer<opj_image_t>?
    defer { opj_image_destroy(image) }
    guard opj_setup_decoder(decoder, &parameters) != 0,
      opj_decoder_set_strict_mode(decoder, 1) != 0,
      opj_read_header(stream, decoder, &image) != 0, let image,
      choose(rows, of: header, decoder, image), opj_decode(decoder, stream, image) != 0
    else { throw complaint.error(header.format, ended: source.isExhausted) }
    // The codec's memory is not needed while the samples are copied.
    opj_destroy_codec(codec)
    codec = nil
    try body(image.pointee)
  }

  private static func choose(
    _ rows: Range<Int>?, of header: JPEG2000Header, _ codec: UnsafeMutablePointer<opj_codec_t?>,
    _ image: UnsafeMutablePointer<opj_image_t>
  ) -> Bool {
    guard let rows else { return true }
    let edges = [
      header.columns.lowerBound, header.rows.lowerBound + rows.lowerBound,
      header.columns.upperBound, header.rows.lowerBound + rows.upperBound,
    ].map { Int32(exactly: $0) }
    guard let left = edges[0], let top = edges[1], let right = edges[2], let bottom = edges[3]
    else { return false }
    return opj_set_decode_area(codec, image, left, top, right, bottom) != 0
  }

  private static func connect(
    _ stream: UnsafeMutablePointer<opj_stream_t?>, to source: MemorySource
  ) {
    opj_stream_set_user_data(stream, Unmanaged.passUnretained(source).toOpaque(), nil)
    opj_stream_set_user_data_length(stream, UInt64(source.count))
    opj_stream_set_read_function(stream) { out, count, user in
      MemorySource.from(user)?.read(into: out, count: count) ?? OPJ_SIZE_T.max
    }
    opj_stream_set_skip_function(stream) { distance, user in
      MemorySource.from(user)?.skip(distance) ?? -1
    }
    opj_stream_set_seek_function(stream) { position, user in
      MemorySource.from(user)?.seek(to: position) == true ? 1 : 0
    }
  }

  private static func listen(to codec: UnsafeMutablePointer<opj_codec_t?>, _ complaint: Complaint) {
    let user = Unmanaged.passUnretained(complaint).toOpaque()
    opj_set_error_handler(codec, { text, user in Complaint.from(user)?.add(text) }, user)
    opj_set_warning_handler(codec, { _, _ in }, nil)
    opj_set_info_handler(codec, { _, _ in }, nil)
  }
}

/// Bytes in memory as OpenJPEG reads them.
private final class MemorySource {
  private let base: UnsafeRawPointer
  let count: Int
  private var position = 0
  /// Whether more was asked for than there is.
  private(set) var isExhausted = false

  init(base: UnsafeRawPointer, count: Int) {
    self.base = base
    self.count = count
  }

  static func from(_ user: UnsafeMutableRawPointer?) -> MemorySource? {
    user.map { Unmanaged<MemorySource>.fromOpaque($0).takeUnretainedValue() }
  }

  func read(into out: UnsafeMutableRawPointer?, count wanted: Int) -> Int {
    let ready = min(wanted, count - position)
    guard let out, ready > 0 else {
      isExhausted = true
      return -1
    }
    out.copyMemory(from: base + position, byteCount: ready)
    position += ready
    return ready
  }

  func skip(_ distance: Int64) -> Int64 {
    let target = Int64(position).addingReportingOverflow(distance)
    guard !target.overflow, target.partialValue >= 0 else { return -1 }
    guard target.partialValue <= Int64(count) else {
      isExhausted = true
      position = count
      return -1
    }
    position = Int(target.partialValue)
    return distance
  }

  func seek(to target: Int64) -> Bool {
    guard target >= 0, target <= Int64(count) else { return false }
    position = Int(target)
    return true
  }
}

/// The first thing that OpenJPEG says is wrong.
private final class Complaint {
  private var text: String?

  static func from(_ user: UnsafeMutableRawPointer?) -> Complaint? {
    user.map { Unmanaged<Complaint>.fromOpaque($0).takeUnretainedValue() }
  }

  func add(_ message: UnsafePointer<CChar>?) {
    guard text == nil, let message else { return }
    text = String(cString: message).split(separator: "\n").first.map(String.init)
  }

  func error(_ format: ImageFormat, ended: Bool) -> CodecError {
    if ended { return .truncated(format) }
    return .corrupt(format, reason: text ?? "it cannot be decoded")
  }
}
