import DICOM
import Files

/// Builds small DICOM files element by element, well-formed or not, in any encoding.
struct TestObject {
  enum Form { case implicitLittle, explicitLittle, explicitBig }

  var form = Form.explicitLittle
  /// Nil writes neither preamble nor file meta information.
  var transferSyntax: String? = "1.2.840.10008.1.2.1"
  private var elements: [(tag: (UInt16, UInt16), bytes: [UInt8])] = []

  init(_ form: Form = .explicitLittle, transferSyntax: String? = "1.2.840.10008.1.2.1") {
    self.form = form
    self.transferSyntax = transferSyntax
  }

  /// A grey image of the given cells.
  init(
    grey bytes: [UInt8], columns: Int, rows: Int, allocated: Int, stored: Int? = nil,
    high: Int? = nil, isSigned: Bool = false, _ form: Form = .explicitLittle,
    transferSyntax: String? = "1.2.840.10008.1.2.1"
  ) {
    self.init(form, transferSyntax: transferSyntax)
    describe(columns: columns, rows: rows, allocated: allocated, stored: stored, high: high)
    us(0x28, 0x0103, [isSigned ? 1 : 0])
    set(0x7FE0, 0x0010, "OW", bytes)
  }

  mutating func describe(
    columns: Int, rows: Int, samples: Int = 1, photometric: String = "MONOCHROME2",
    allocated: Int, stored: Int? = nil, high: Int? = nil
  ) {
    text(0x08, 0x0016, "UI", "1.2.840.10008.5.1.4.1.1.7")
    us(0x28, 0x0002, [samples])
    text(0x28, 0x0004, "CS", photometric)
    us(0x28, 0x0010, [rows])
    us(0x28, 0x0011, [columns])
    us(0x28, 0x0100, [allocated])
    us(0x28, 0x0101, [stored ?? allocated])
    us(0x28, 0x0102, [high ?? (stored ?? allocated) - 1])
  }

  mutating func text(_ group: UInt16, _ element: UInt16, _ vr: String, _ value: String) {
    set(group, element, vr, Array((value.utf8.count % 2 == 0 ? value : value + " ").utf8))
  }

  mutating func us(_ group: UInt16, _ element: UInt16, _ values: [Int]) {
    set(group, element, "US", values.flatMap { number(UInt16(truncatingIfNeeded: $0)) })
  }

  /// Appends an element of known length.
  mutating func set(_ group: UInt16, _ element: UInt16, _ vr: String, _ value: [UInt8]) {
    raw(group, element, vr, length: UInt32(value.count), value)
  }

  /// Appends a sequence; the items are data sets without file parts.
  mutating func sequence(_ group: UInt16, _ element: UInt16, _ items: [TestObject]) {
    let body = items.flatMap { item in
      number(UInt16(0xFFFE)) + number(UInt16(0xE000)) + number(UInt32(item.dataSet.count))
        + item.dataSet
    }
    raw(group, element, "SQ", length: UInt32(body.count), body)
  }

  /// Appends encapsulated pixel data. `table` holds offsets, `isClosed` writes the delimiter.
  mutating func encapsulated(_ fragments: [[UInt8]], table: [UInt32] = [], isClosed: Bool = true) {
    var body = item(table.flatMap { number($0) })
    for fragment in fragments { body += item(fragment) }
    if isClosed { body += number(UInt16(0xFFFE)) + number(UInt16(0xE0DD)) + number(UInt32(0)) }
    raw(0x7FE0, 0x0010, "OB", length: .max, body)
  }

  private func item(_ bytes: [UInt8]) -> [UInt8] {
    number(UInt16(0xFFFE)) + number(UInt16(0xE000)) + number(UInt32(bytes.count)) + bytes
  }

  /// Appends an element with any length written before its value.
  mutating func raw(
    _ group: UInt16, _ element: UInt16, _ vr: String, length: UInt32, _ value: [UInt8]
  ) {
    var bytes = number(group) + number(element)
    let isLong = ["OB", "OW", "OF", "OD", "OV", "SQ", "UN", "UT"].contains(vr)
    switch form {
    case .implicitLittle: bytes += number(length)
    default:
      bytes += Array(vr.utf8)
      bytes += isLong ? [0, 0] + number(length) : number(UInt16(truncatingIfNeeded: length))
    }
    elements.append(((group, element), bytes + value))
  }

  func number<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
    let little = (0..<(T.bitWidth / 8)).map { UInt8(truncatingIfNeeded: value >> T(8 * $0)) }
    return form == .explicitBig ? little.reversed() : little
  }

  /// Without the first of several elements of one tag.
  func withoutFirst(_ group: UInt16, _ element: UInt16) -> TestObject {
    var copy = self
    if let index = elements.firstIndex(where: { $0.tag == (group, element) }) {
      copy.elements.remove(at: index)
    }
    return copy
  }

  var dataSet: [UInt8] { elements.sorted { $0.tag < $1.tag }.flatMap { $0.bytes } }

  /// The whole file.
  var bytes: [UInt8] {
    guard let transferSyntax else { return dataSet }
    return TestObject.header(transferSyntax) + dataSet
  }

  static func header(_ transferSyntax: String) -> [UInt8] {
    var meta = TestObject(.explicitLittle, transferSyntax: nil)
    meta.text(2, 0x0010, "UI", transferSyntax)
    return [UInt8](repeating: 0, count: 128) + Array("DICM".utf8) + meta.dataSet
  }

  func file() throws -> DICOMFile { try DICOMFile(FileBytes(bytes)) }
}
