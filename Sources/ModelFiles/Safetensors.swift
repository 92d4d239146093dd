// Checkpoints: named tensors in the safetensors format (a JSON header, then the values).
package import Files
internal import Foundation
package import Tensors

/// Named float tensors and text about them.
package struct Safetensors: Sendable {
  package var tensors: [String: Tensor]
  package var metadata: [String: String]

  package init(tensors: [String: Tensor] = [:], metadata: [String: String] = [:]) {
    self.tensors = tensors
    self.metadata = metadata
  }

  /// Largest header that is read, in bytes.
  private static let headerLimit = 100 << 20

  /// Writes the file, whole or not at all; the same content gives the same bytes.
  package func write(to path: String) throws(FileError) {
    var header: [String: Any] = ["__metadata__": metadata]
    var offset = 0
    let names = tensors.keys.sorted()
    for name in names {
      guard let tensor = tensors[name] else { continue }
      let end = offset + tensor.count * 4
      header[name] = ["dtype": "F32", "shape": tensor.shape, "data_offsets": [offset, end]]
      offset = end
    }
    guard var json = try? JSONSerialization.data(withJSONObject: header, options: [.sortedKeys])
    else {
      throw .cannotWrite(path: path, reason: "its header cannot be encoded")
    }
    while json.count % 8 != 0 { json.append(0x20) }
    var bytes = withUnsafeBytes(of: UInt64(json.count).littleEndian) { Array($0) }
    bytes.reserveCapacity(8 + json.count + offset)
    bytes.append(contentsOf: json)
    for name in names {
      tensors[name]?.withUnsafeFloats { bytes.append(contentsOf: UnsafeRawBufferPointer($0)) }
    }
    try AtomicFile.write(bytes, to: path)
  }

  /// Reads a file; every offset is checked against the file's size and the shape.
  package init(contentsOf path: String) throws(FileError) {
    guard let data = try? Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped)
    else {
      throw .cannotRead(path: path, reason: "there is no such file, or it cannot be read")
    }
    guard let content = Self.decode(data) else {
      throw .cannotRead(path: path, reason: "it is not a whole safetensors file")
    }
    self = content
  }

  static func decode(_ data: Data) -> Safetensors? {
    guard data.count >= 8 else { return nil }
    let length = data.withUnsafeBytes { UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self)) }
    guard let length = Int(exactly: length), length <= headerLimit, length <= data.count - 8,
      let header = try? JSONSerialization.jsonObject(with: data[8..<8 + length]) as? [String: Any]
    else { return nil }
    var result = Safetensors()
    let values = data[(8 + length)...]
    for (name, entry) in header {
      if name == "__metadata__" {
        result.metadata = entry as? [String: String] ?? [:]
        continue
      }
      guard let entry = entry as? [String: Any], entry["dtype"] as? String == "F32",
        let shape = entry["shape"] as? [Int], let offsets = entry["data_offsets"] as? [Int],
        let tensor = tensor(values, shape, offsets)
      else { return nil }
      result.tensors[name] = tensor
    }
    return result
  }

  private static func tensor(_ values: Data, _ shape: [Int], _ offsets: [Int]) -> Tensor? {
    guard offsets.count == 2, offsets[0] >= 0, offsets[1] >= offsets[0], offsets[1] <= values.count
    else { return nil }
    var count = 1
    for size in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: size)
      guard size >= 0, !overflow else { return nil }
      count = product
    }
    guard count == (offsets[1] - offsets[0]) / 4, (offsets[1] - offsets[0]) % 4 == 0 else {
      return nil
    }
    var tensor = Tensor(shape: shape)
    tensor.withUnsafeMutableFloats { target in
      _ = values[(values.startIndex + offsets[0])...].prefix(offsets[1] - offsets[0])
        .copyBytes(to: UnsafeMutableRawBufferPointer(target))
    }
    return tensor
  }
}
