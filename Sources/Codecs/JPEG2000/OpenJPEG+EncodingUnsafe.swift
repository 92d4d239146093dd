private import COpenJPEG

/// The calls into OpenJPEG that write a lossless codestream.
extension OpenJPEG {
  static func encode(_ planes: JPEG2000Planes) throws(CodecError) -> [UInt8] {
    let sink = MemorySink()
    guard let image = image(of: planes), let codec = opj_create_compress(OPJ_CODEC_J2K),
      let stream = opj_stream_create(1 << 16, 0)
    else { throw .outOfMemory(.jpeg2000) }
    defer {
      opj_stream_destroy(stream)
      opj_destroy_codec(codec)
      opj_image_destroy(image)
    }
    // Safe: `sink` is kept alive until the stream is destroyed.
    defer { withExtendedLifetime(sink) {} }
    opj_stream_set_user_data(stream, Unmanaged.passUnretained(sink).toOpaque(), nil)
    opj_stream_set_write_function(stream) { bytes, count, user in
      MemorySink.from(user)?.write(bytes, count: count) ?? OPJ_SIZE_T.max
    }
    opj_stream_set_skip_function(stream) { distance, user in
      MemorySink.from(user)?.skip(distance) ?? -1
    }
    opj_stream_set_seek_function(stream) { position, user in
      MemorySink.from(user)?.seek(to: position) == true ? 1 : 0
    }
    var parameters = parameters(for: planes)
    guard opj_setup_encoder(codec, &parameters, image) != 0,
      opj_start_compress(codec, image, stream) != 0, opj_encode(codec, stream) != 0,
      opj_end_compress(codec, stream) != 0
    else { throw .cannotEncode(.jpeg2000, reason: "the library refuses it") }
    return sink.bytes
  }

  private static func parameters(for planes: JPEG2000Planes) -> opj_cparameters_t {
    var parameters = opj_cparameters_t()
    opj_set_default_encoder_parameters(&parameters)
    parameters.tcp_numlayers = 1
    parameters.cp_disto_alloc = 1
    parameters.tcp_rates.0 = 0
    parameters.irreversible = 0
    parameters.tcp_mct = planes.components.count == 3 ? 1 : 0
    // Each level halves both sides; none may fall below one sample.
    let shorter = min(planes.width, planes.height)
    parameters.numresolution = Int32(
      min(6, Int.bitWidth - shorter.leadingZeroBitCount))
    return parameters
  }

  private static func image(of planes: JPEG2000Planes) -> UnsafeMutablePointer<opj_image_t>? {
    var component = opj_image_cmptparm_t()
    component.dx = 1
    component.dy = 1
    component.w = UInt32(planes.width)
    component.h = UInt32(planes.height)
    component.prec = UInt32(planes.precision)
    component.sgnd = planes.isSigned ? 1 : 0
    var parameters = [opj_image_cmptparm_t](repeating: component, count: planes.components.count)
    let space = planes.components.count == 3 ? OPJ_CLRSPC_SRGB : OPJ_CLRSPC_GRAY
    guard
      let image = opj_image_create(UInt32(planes.components.count), &parameters, space)
    else { return nil }
    image.pointee.x1 = UInt32(planes.width)
    image.pointee.y1 = UInt32(planes.height)
    for (index, plane) in planes.components.enumerated() {
      // Safe: the library made room for width x height samples, which is what the plane holds.
      plane.withUnsafeBufferPointer { samples in
        guard let base = samples.baseAddress else { return }
        image.pointee.comps[index].data.update(from: base, count: samples.count)
      }
    }
    return image
  }
}

/// Bytes as OpenJPEG writes them, with steps back to fill in lengths.
private final class MemorySink {
  private(set) var bytes: [UInt8] = []
  private var position = 0

  static func from(_ user: UnsafeMutableRawPointer?) -> MemorySink? {
    user.map { Unmanaged<MemorySink>.fromOpaque($0).takeUnretainedValue() }
  }

  func write(_ source: UnsafeMutableRawPointer?, count: Int) -> Int {
    guard let source else { return -1 }
    let fresh = UnsafeRawBufferPointer(start: source, count: count)
    let overlap = min(count, bytes.count - position)
    for index in 0..<overlap { bytes[position + index] = fresh[index] }
    bytes.append(contentsOf: fresh[overlap...])
    position += count
    return count
  }

  func skip(_ distance: Int64) -> Int64 {
    seek(to: Int64(position) + distance) ? distance : -1
  }

  func seek(to target: Int64) -> Bool {
    guard target >= 0, target <= 1 << 40 else { return false }
    if Int(target) > bytes.count {
      bytes.append(contentsOf: repeatElement(0, count: Int(target) - bytes.count))
    }
    position = Int(target)
    return true
  }
}
