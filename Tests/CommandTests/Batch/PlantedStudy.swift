import Codecs
import DICOM
import Files
import Foundation
import Imaging

/// A study whose files are full of a patient: what is inside them says "Zwirbel", what they and
/// their folders are called says "Quastel".
enum PlantedStudy {
  /// Inside of files. No other text of the project holds any of these.
  static let inside = ["Zwirbel", "19010203", "1901-02-03", "3680043.8.498.4711", "ZW-0815"]
  /// In names of files and folders.
  static let names = ["Quastel", "Bömmel", "QU-4711"]

  /// Images that can be screened.
  static let whole = [
    "QU-4711^Quastel/Bömmel 1/loop.dcm", "QU-4711^Quastel/private.dcm",
    "QU-4711^Quastel/Quastel-text.png", "Quastel-exif.jpg", "Bömmel/Quastel.tif",
  ]

  /// Writes the study below a folder, damaged files and a link that leads nowhere too.
  static func write(to folder: String) throws {
    for (name, bytes) in [
      (whole[0], try loop()), (whole[1], object()), (whole[2], try png()), (whole[3], try jpeg()),
      (whole[4], tiff()),
      ("QU-4711^Quastel/cut.dcm", Array(try loop().dropLast(5000))),
      ("QU-4711^Quastel/Quastel-stump.dcm", Array(object().prefix(500))),
      ("Quastel-cut.png", Array(try png().prefix(900))),
      ("Quastel-noise.jpg", Array(try jpeg().enumerated().map { $0 % 97 == 90 ? 7 : $1 })),
      ("Bömmel/QU-4711.dcm", Array("Patient Zwirbel, born 19010203".utf8)),
      ("Bömmel/Quastel-empty.png", []),
    ] {
      let path = "\(folder)/\(name)"
      try Folder.make((path as NSString).deletingLastPathComponent)
      try AtomicFile.write(bytes, to: path)
    }
    try FileManager.default.createSymbolicLink(
      atPath: folder + "/Quastel-gone.png", withDestinationPath: "/no/Quastel/Zwirbel.png")
    // A link to a file that is there under another name: one file, whatever it is called.
    try FileManager.default.createSymbolicLink(
      atPath: folder + "/Quastel-twice.png", withDestinationPath: "\(folder)/\(whole[2])")
  }

  private static let samples = (0..<3600).map { UInt8(truncatingIfNeeded: $0 * $0 / 7) }

  /// A cine loop as the project's own writer makes them.
  private static func loop() throws -> [UInt8] {
    var description = ObjectDescription(.ultrasound, seed: "planted")
    description.patientName = "Zwirbel^Anna"
    description.patientID = "ZW-0815"
    description.patientBirthDate = "19010203"
    description.studyDate = "19010203"
    description.studyDescription = "Zwirbel study"
    description.seriesDescription = "Zwirbel series"
    let image = Image(width: 60, height: 60, pixels: .uint8(samples))
    return try DICOMWriter.encode([image, image], description)
  }

  /// An object with every kind of attribute that tells who somebody is, private ones too.
  static func object() -> [UInt8] {
    let uid = "1.2.826.0.1.3680043.8.498.4711"
    let texts: [(UInt16, UInt16, String, String)] = [
      (0x08, 0x05, "CS", "ISO_IR 192"), (0x08, 0x16, "UI", "1.2.840.10008.5.1.4.1.1.6.1"),
      (0x08, 0x18, "UI", uid + ".3"), (0x08, 0x20, "DA", "19010203"),
      (0x08, 0x50, "SH", "Zwirbel-ACC"), (0x08, 0x60, "CS", "US"),
      (0x08, 0x80, "LO", "Klinik Zwirbel"), (0x08, 0x81, "ST", "Zwirbelweg 1"),
      (0x08, 0x90, "PN", "Doktor^Zwirbel"), (0x08, 0x1010, "SH", "Zwirbel-US-2"),
      (0x08, 0x1030, "LO", "Zwirbel Mamma"), (0x08, 0x103E, "LO", "Zwirbel links"),
      (0x08, 0x1050, "PN", "Zwirbel^Doktor"), (0x08, 0x2111, "ST", "Zwirbel derivation"),
      (0x09, 0x10, "LO", "ZWIRBEL PRIVATE"), (0x09, 0x1001, "LO", "Zwirbel private text"),
      (0x10, 0x10, "PN", "Zwirbel^Anna=Zwirbel^Änna"), (0x10, 0x20, "LO", "ZW-0815"),
      (0x10, 0x30, "DA", "19010203"), (0x10, 0x1000, "LO", "ZW-0815-B"),
      (0x10, 0x1040, "LO", "Zwirbelgasse 7"), (0x10, 0x2154, "SH", "+49 Zwirbel"),
      (0x10, 0x4000, "LT", "Patient comment: Zwirbel"), (0x18, 0x1030, "LO", "Zwirbel protocol"),
      (0x20, 0x0D, "UI", uid + ".1"), (0x20, 0x0E, "UI", uid + ".2"),
      (0x20, 0x10, "SH", "Zwirbel-1"), (0x20, 0x4000, "LT", "Image comment: Zwirbel"),
      (0x28, 0x04, "CS", "MONOCHROME2"), (0x28, 0x1055, "LO", "Window of Zwirbel"),
      (0x29, 0x10, "LO", "ZWIRBEL PRIVATE 2"), (0x32, 0x1060, "LO", "Zwirbel procedure"),
      (0x40, 0x254, "LO", "Zwirbel step"),
    ]
    var elements = texts.map { group, element, vr, text in
      let pad = text.utf8.count % 2 == 0 ? "" : vr == "UI" ? "\u{0}" : " "
      return (group, element, vr, Array((text + pad).utf8))
    }
    for (element, value) in [
      (0x02, 1), (0x10, 60), (0x11, 60), (0x100, 8), (0x101, 8), (0x102, 7), (0x103, 0),
    ] as [(UInt16, UInt16)] {
      elements.append((0x28, element, "US", little(value)))
    }
    elements += [
      (0x28, 0x1050, "DS", Array("128 ".utf8)), (0x28, 0x1051, "DS", Array("256 ".utf8)),
      (0x29, 0x1010, "OB", Array("binary: Zwirbel ZW-0815 ".utf8)), (0x7FE0, 0x10, "OB", samples),
    ]
    let meta = element((0x02, 0x10, "UI", Array("1.2.840.10008.1.2.1\u{0}".utf8)))
    let data = elements.sorted { ($0.0, $0.1) < ($1.0, $1.1) }.flatMap(element)
    let length = element((0x02, 0x00, "UL", little(UInt32(meta.count))))
    let preamble = Array("Zwirbel".utf8) + [UInt8](repeating: 0, count: 121)
    return preamble + Array("DICM".utf8) + length + meta + data
  }

  /// Explicit VR, little endian.
  private static func element(_ element: (UInt16, UInt16, String, [UInt8])) -> [UInt8] {
    let (group, number, vr, value) = element
    let length =
      vr == "OB" ? [0, 0] + little(UInt32(value.count)) : little(UInt16(value.count))
    return little(group) + little(number) + Array(vr.utf8) + length + value
  }

  private static func little<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }

  private static func big(_ value: UInt32) -> [UInt8] {
    withUnsafeBytes(of: value.bigEndian) { Array($0) }
  }

  // MARK: - Pictures

  private static var picture: Image { Image(width: 60, height: 60, pixels: .uint8(samples)) }

  /// Text chunks of every kind, and EXIF.
  private static func png() throws -> [UInt8] {
    let plain = try PNGCodec.encode(picture)
    let chunks =
      chunk("tEXt", Array("Author\u{0}Zwirbel".utf8))
      + chunk("tEXt", Array("Comment\u{0}born 1901-02-03".utf8))
      + chunk("iTXt", Array("Title\u{0}\u{0}\u{0}\u{0}\u{0}ZW-0815 Zwirbel".utf8))
      + chunk("eXIf", exif())
    // Behind the signature and the header chunk.
    return Array(plain[..<33]) + chunks + Array(plain[33...])
  }

  private static func chunk(_ type: String, _ data: [UInt8]) -> [UInt8] {
    let body = Array(type.utf8) + data
    var checksum: UInt32 = .max
    for byte in body {
      checksum ^= UInt32(byte)
      for _ in 0..<8 { checksum = checksum >> 1 ^ (checksum & 1 == 1 ? 0xEDB8_8320 : 0) }
    }
    return big(UInt32(data.count)) + body + big(~checksum)
  }

  /// EXIF as APP1, and a comment.
  private static func jpeg() throws -> [UInt8] {
    func segment(_ marker: UInt8, _ data: [UInt8]) -> [UInt8] {
      let length = UInt16(data.count + 2)
      return [0xFF, marker, UInt8(length >> 8), UInt8(length & 0xFF)] + data
    }
    let plain = try JPEGCodec.encode(picture)
    return Array(plain[..<2]) + segment(0xE1, Array("Exif\u{0}\u{0}".utf8) + exif())
      + segment(0xFE, Array("Comment: Zwirbel, ZW-0815".utf8)) + Array(plain[2...])
  }

  /// Description, artist and copyright.
  private static func exif() -> [UInt8] { directory([(270, 2), (315, 2), (33432, 2)], []) }

  /// An uncompressed grey picture with the same texts.
  private static func tiff() -> [UInt8] {
    directory(
      [
        (256, 60), (257, 60), (258, 8), (259, 1), (262, 1), (270, 2), (273, 0), (277, 1), (278, 60),
        (279, 3600), (315, 2), (33432, 2),
      ], samples)
  }

  /// A TIFF file of one directory: numbers, texts for 270, 315 and 33432, and `pixels` behind it.
  private static func directory(_ entries: [(UInt16, UInt32)], _ pixels: [UInt8]) -> [UInt8] {
    let text = Array("Zwirbel, born 19010203\u{0}".utf8)
    let start = UInt32(8 + 2 + entries.count * 12 + 4)
    var bytes = Array("II*\u{0}".utf8) + little(UInt32(8)) + little(UInt16(entries.count))
    for (tag, value) in entries {
      let isText = [270, 315, 33432].contains(tag)
      let number = isText ? start : tag == 273 ? start + UInt32(text.count) : value
      bytes += little(tag) + little(UInt16(isText ? 2 : 4))
      bytes += little(isText ? UInt32(text.count) : 1) + little(number)
    }
    return bytes + little(UInt32(0)) + text + pixels
  }
}
