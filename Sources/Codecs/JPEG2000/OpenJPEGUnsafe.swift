private import COpenJPEG

/// The calls into OpenJPEG: memory stream, strict decoding, component planes.
enum OpenJPEG {
  static func decode(
    _ bytes: [UInt8], limits: CodecLimits
  ) throws(CodecError) -> JPEG2000Planes {
    let header = try JPEG2000Header(of: bytes)
    try header.check(against: limits, byteCount: bytes.count)
    return try bytes.withUnsafeBufferPointer {
      (buffer) throws(CodecError) -> JPEG2000Planes in
      try decode(buffer, header)
    }
  }

  private static func decode(
    _ bytes: UnsafeBufferPointer<UInt8>, _ header: JPEG2000Header
  ) throws(CodecError) -> JPEG2000Planes {
    guard let base = bytes.baseAddress else { throw .truncated(header.format) }
    let source = MemorySource(base: base, count: bytes.count)
    let complaint = Complaint()
    guard
      let codec = opj_create_decompress(
        header.format == .jp2 ? OPJ_CODEC_JP2 : OPJ_CODEC_J2K),
      let stream = opj_stream_create(1 << 16, 1)
    else { throw .outOfMemory(header.format) }
    defer {
      opj_stream_destroy(stream)
      opj_destroy_codec(codec)
    }
    // Safe: `source` and `complaint` are kept alive until the codec and the stream are destroyed.
    defer { withExtendedLifetime((source, complaint)) {} }
    connect(stream, to: source)
    listen(to: codec, complaint)
    var parameters = opj_dparameters_t()
    opj_set_default_decoder_parameters(&parameters)
    var image: UnsafeMutablePointer<opj_image_t>?
    defer { opj_image_destroy(image) }
    guard opj_setup_decoder(codec, &parameters) != 0, opj_decoder_set_strict_mode(codec, 1) != 0,
      opj_read_header(stream, codec, &image) != 0, let image,
      opj_decode(codec, stream, image) != 0
    else { throw complaint.error(header.format, ended: source.isExhausted) }
    return try planes(of: image.pointee, header)
  }

  /// Copies the components, each checked against the header that the limits were applied to.
  private static func planes(
    of image: opj_image_t, _ header: JPEG2000Header
  ) throws(CodecError) -> JPEG2000Planes {
    guard let components = image.comps,
      (1...JPEG2000Header.maximumComponents).contains(
        Int(image.numcomps))
    else { throw .unsupported(header.format, reason: "it has \(image.numcomps) components") }
    let first = components[0]
    var planes = JPEG2000Planes(
      width: Int(first.w), height: Int(first.h), precision: Int(first.prec),
      isSigned: first.sgnd != 0, components: [], alpha: nil,
      isYCC: image.color_space == OPJ_CLRSPC_SYCC)
    guard planes.width == header.width, planes.height == header.height else {
      throw .corrupt(header.format, reason: "the picture has another size than the header says")
    }
    for index in 0..<Int(image.numcomps) {
      let component = components[index]
      guard component.prec == first.prec, component.sgnd == first.sgnd else {
        throw .unsupported(header.format, reason: "its components differ in precision or sign")
      }
      if component.alpha != 0 { planes.alpha = index }
      planes.components.append(
        try plane(of: component, width: planes.width, height: planes.height, header.format))
    }
    return planes
  }

  private static func plane(
    of component: opj_image_comp_t, width: Int, height: Int, _ format: ImageFormat
  ) throws(CodecError) -> [Int32] {
    let (columns, rows) = (Int(component.w), Int(component.h))
    guard let data = component.data, columns > 0, rows > 0 else { throw .truncated(format) }
    if columns == width, rows == height {
      return Array(UnsafeBufferPointer(start: data, count: columns * rows))
    }
    guard columns <= width, rows <= height else {
      throw .unsupported(format, reason: "a later component is larger than the first")
    }
    var out = [Int32]()
    out.reserveCapacity(width * height)
    for y in 0..<height {
      let row = min(y * rows / height, rows - 1) * columns
      for x in 0..<width { out.append(data[row + min(x * columns / width, columns - 1)]) }
    }
    return out
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
  private let base: UnsafePointer<UInt8>
  let count: Int
  private var position = 0
  /// Whether more was asked for than there is.
  private(set) var isExhausted = false

  init(base: UnsafePointer<UInt8>, count: Int) {
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
