import DICOM
import Files
import Testing

/// Files that give no image say why.
struct RefusalTests {
  @Test func otherFilesAreNotDICOM() {
    for text in ["", "hello, this is a plain text file and nothing else at all", "\u{8}\u{0}"] {
      #expect(throws: DICOMError.notDICOM) { try DICOMFile(FileBytes(Array(text.utf8))) }
    }
  }

  @Test(arguments: [
    ("1.2.840.10008.5.1.4.1.1.88.11", "a structured report"),
    ("1.2.840.10008.5.1.4.1.1.104.1", "an encapsulated PDF document"),
    ("1.2.840.10008.5.1.4.1.1.481.5", "an RT plan"),
  ])
  func objectsOfOtherKindsAreNamed(_ uid: String, _ kind: String) {
    var object = TestObject()
    object.text(0x08, 0x0016, "UI", uid)
    #expect(throws: DICOMError.notAnImage(kind: kind)) { try object.file() }
  }

  @Test func aDICOMDIRIsNamed() {
    var object = TestObject()
    object.sequence(0x04, 0x1220, [])
    let error = #expect(throws: DICOMError.self) { try object.file() }
    #expect(error?.description.contains("DICOMDIR") == true)
  }

  @Test(arguments: [("1.2.840.10008.1.2.4.102", "H.264"), ("1.2.840.10008.1.2.4.110", "JPEG XL")])
  func unsupportedTransferSyntaxesAreNamed(_ uid: String, _ name: String) {
    var object = TestObject(transferSyntax: uid)
    object.describe(columns: 8, rows: 8, allocated: 8)
    object.encapsulated([[1, 2]])
    let error = #expect(throws: DICOMError.self) { try object.file() }
    #expect(error?.description.contains(name) == true)
  }

  @Test func pixelDataThatEndEarly() throws {
    let object = TestObject(grey: [1, 2], columns: 2, rows: 2, allocated: 8)
    #expect(throws: DICOMError.truncated(Tag(0x7FE0, 0x0010))) {
      try object.file().storedFrame(0)
    }
  }

  /// Regression: the file was said to end where only the value does.
  @Test func aValueThatIsTooShortIsNoEndOfTheFile() throws {
    var object = TestObject(grey: [1, 2], columns: 2, rows: 2, allocated: 8)
    object.set(0xFFFC, 0xFFFC, "OB", [0, 0])
    let error = #expect(throws: DICOMError.self) { try object.file().storedFrame(0) }
    #expect(error?.description.contains("has 2 bytes") == true)
  }

  @Test func lengthsThatNoFileHasTakeNoMemory() {
    var object = TestObject()
    object.describe(columns: 65535, rows: 65535, allocated: 16)
    object.raw(0x7FE0, 0x0010, "OW", length: 0xFFFF_FFF0, [0, 0])
    #expect(throws: DICOMError.self) { try object.file() }
    var text = TestObject()
    text.raw(0x08, 0x0016, "UN", length: 0xFFFF_FFF0, [0, 0])
    #expect(throws: DICOMError.truncated(Tag(0x08, 0x0016))) { try text.file() }
  }

  @Test func nestingWithoutEndIsRefused() {
    var bytes = TestObject.header("1.2.840.10008.1.2")
    for _ in 0..<100_000 {
      bytes += [
        0x08, 0, 0x40, 0x11, 0xFF, 0xFF, 0xFF, 0xFF, 0xFE, 0xFF, 0, 0xE0, 0xFF, 0xFF, 0xFF, 0xFF,
      ]
    }
    #expect(throws: DICOMError.self) { try DICOMFile(FileBytes(bytes)) }
  }

  @Test func manyFramesAreRefused() {
    var object = TestObject(grey: [1, 2], columns: 1, rows: 1, allocated: 8)
    object.text(0x28, 0x0008, "IS", "2000000000")
    #expect(throws: DICOMError.self) { try object.file() }
  }

  @Test(arguments: [
    ("MZ", "a Windows program"), ("\u{7F}ELF", "a Linux program"), ("#!/bin/sh\n", "a script"),
    ("PK\u{3}\u{4}", "an archive"),
  ])
  func aProgramInThePreambleIsReported(_ start: String, _ name: String) throws {
    var bytes = TestObject(grey: [1, 2], columns: 2, rows: 1, allocated: 8).bytes
    #expect(try DICOMFile(FileBytes(bytes)).warnings.isEmpty)
    bytes.replaceSubrange(0..<start.utf8.count, with: Array(start.utf8))
    let file = try DICOMFile(FileBytes(bytes))
    #expect(file.warnings.first?.contains(name) == true)
    #expect(try file.image(0).attributes.warnings == file.warnings)
  }

  @Test func aDeflateBombIsRefusedEarly() {
    let bytes = TestObject.header("1.2.840.10008.1.2.1.99") + Self.deflatedZeros(codes: 40_001)
    #expect(throws: DICOMError.notAnImage(kind: "a data set without pixel data")) {
      try DICOMFile(FileBytes(bytes))
    }
    func refusal(_ change: (inout DICOMLimits) -> Void) -> String? {
      var limits = DICOMLimits()
      change(&limits)
      return (#expect(throws: DICOMError.self) { try DICOMFile(FileBytes(bytes), limits: limits) })?
        .description
    }
    #expect(refusal { $0.maximumBytes = 1 << 20 }?.contains("more than 1048576 bytes") == true)
    let ratio = refusal { ($0.maximumRatio, $0.unsuspectedBytes) = (100, 1 << 20) }
    #expect(ratio?.contains("more than 100 times its deflated size") == true)
  }

  /// A zero, then runs of 258 by thirteen bits each: length code 285 and distance code 0 of the fixed
  /// codes (RFC 1951, 3.2.6). The first ends at a byte, eight of them are 13 bytes.
  private static func deflatedZeros(codes: Int) -> [UInt8] {
    func packed(_ text: String) -> [UInt8] {
      let bits = text.filter { $0 != " " }.map { $0 == "1" ? UInt8(1) : 0 }
      return stride(from: 0, to: bits.count, by: 8).map { start in
        (start..<min(start + 8, bits.count)).reduce(0) { $0 | bits[$1] << UInt8($1 - start) }
      }
    }
    let run = "11000101 00000"
    let runs = packed([String](repeating: run, count: 8).joined())
    return packed("1 10 00110000" + run) + [[UInt8]](repeating: runs, count: codes / 8).joined()
      + packed("0000000")
  }
}
