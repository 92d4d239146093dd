internal import Imaging

/// Reading `.npy` files of float32, the type that networks take.
extension NPYArray {
  /// Reads formats 1.0 to 3.0, C order, `<f4`.
  /// - Throws: ``CodecError/unsupported(_:reason:)`` for other types and for Fortran order.
  package init(reading bytes: [UInt8]) throws(CodecError) {
    guard bytes.starts(with: ImageFormat.npy.signature) else { throw .notThisFormat(.npy) }
    let (header, start) = try NPYArray.header(of: bytes)
    guard header.contains("'fortran_order': False") else {
      throw .unsupported(.npy, reason: "its values are not in C order")
    }
    guard header.contains("'descr': '<f4'") else {
      throw .unsupported(.npy, reason: "its values are not little-endian float32")
    }
    let shape = try NPYArray.shape(in: header)
    var count = 1
    for axis in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: axis)
      guard !overflow else { throw .corrupt(.npy, reason: "its shape is too large") }
      count = product
    }
    let body = bytes[start...]
    guard count <= body.count / 4 else { throw .truncated(.npy) }
    guard body.count == count * 4 else {
      throw .corrupt(.npy, reason: "it holds more bytes than its shape tells")
    }
    let values = (0..<count).map { index -> Float in
      let first = start + 4 * index
      let bits =
        UInt32(bytes[first]) | UInt32(bytes[first + 1]) << 8 | UInt32(bytes[first + 2]) << 16
        | UInt32(bytes[first + 3]) << 24
      return Float(bitPattern: bits)
    }
    self.init(shape: shape, values: .float32(values))
  }

  /// The dictionary's text and the position of the first value.
  private static func header(of bytes: [UInt8]) throws(CodecError) -> (String, Int) {
    guard bytes.count >= 12 else { throw .truncated(.npy) }
    let wide = bytes[6] >= 2
    guard (1...3).contains(bytes[6]) else {
      throw .unsupported(.npy, reason: "its format version is \(bytes[6])")
    }
    var length = Int(bytes[8]) | Int(bytes[9]) << 8
    if wide { length |= Int(bytes[10]) << 16 | Int(bytes[11]) << 24 }
    let start = wide ? 12 : 10
    guard length <= bytes.count - start else { throw .truncated(.npy) }
    return (String(decoding: bytes[start..<(start + length)], as: UTF8.self), start + length)
  }

  /// The axes in "'shape': (1, 3, 8, 8)".
  private static func shape(in header: String) throws(CodecError) -> [Int] {
    guard let key = header.firstRange(of: "'shape': ("),
      let end = header[key.upperBound...].firstIndex(of: ")")
    else { throw .corrupt(.npy, reason: "its header names no shape") }
    var axes: [Int] = []
    for part in header[key.upperBound..<end].split(separator: ",") {
      let text = part.filter { $0 != " " }
      if text.isEmpty { continue }
      guard let axis = Int(text), axis >= 0 else {
        throw .corrupt(.npy, reason: "its shape is not a list of lengths")
      }
      axes.append(axis)
    }
    return axes
  }
}
