import Testing

/// Patients' names by Specific Character Set, most of them examples of PS3.5 annexes H to K.
struct CharacterSetTests {
  private static let katakana: [UInt8] = [0xD4, 0xCF, 0xC0, 0xDE, 0x5E, 0xC0, 0xDB, 0xB3]

  private static func escaped(_ text: String) -> [UInt8] {
    Array(text.replacing("~", with: "\u{1B}").utf8)
  }

  private static let names: [(set: String, bytes: [UInt8], name: String)] = [
    ("ISO_IR 144", [0xBB, 0xEE, 0xDA, 0x5E, 0xB0], "Люк^А"),
    ("UTF8", Array("王^小東".utf8), "王^小東"),
    ("ISO-IR 100", [0x4A, 0xE9], "Jé"),
    ("ISO_IR 13", katakana, "ﾔﾏﾀﾞ^ﾀﾛｳ"),
    (
      "\\ISO 2022 IR 87", escaped("Yamada^Tarou=~$B;3ED~(B^~$BB@O:~(B"),
      "Yamada^Tarou=山田^太郎"
    ),
    // Regression: half-width letters beside pairs came out as question marks and escapes.
    (
      "ISO 2022 IR 13\\ISO 2022 IR 87", katakana + escaped("=~$B;3ED~(J^~$BB@O:~(J"),
      "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎"
    ),
    ("ISO 2022 IR 87\\ISO 2022 IR 159", escaped("~$(D0!~(B"), "丂"),
    (
      "\\ISO 2022 IR 149",
      escaped("Hong^Gildong=~$)C") + [0xFB, 0xF3, 0x5E] + escaped("~$)C") + [
        0xD1, 0xCE, 0xD4, 0xD7,
      ],
      "Hong^Gildong=洪^吉洞"
    ),
    (
      "\\ISO 2022 IR 58", escaped("Zhang^XiaoDong=~$)A") + [0xD5, 0xC5],
      "Zhang^XiaoDong=张"
    ),
    // Regression: alphabets were not exchanged, and hold until the next delimiter.
    (
      "ISO 2022 IR 100\\ISO 2022 IR 126\\ISO 2022 IR 144",
      escaped("~-F") + [0xC4, 0x5E] + escaped("~-L") + [0xBB, 0x5E, 0xE9], "Δ^Л^é"
    ),
    // The second half of this pair is the code of a delimiter.
    ("GB18030", [0x81, 0x5E, 0x5E, 0x41], "乛^A"),
    ("ISO_IR 144", [0xBB, 0x1B], "Л"), ("GBK", [0x41, 0xFF], "A?"),
  ]

  @Test(arguments: names.indices) func namesAreReadByTheirSet(_ index: Int) throws {
    let (set, bytes, name) = Self.names[index]
    var object = TestObject(grey: [0, 0], columns: 2, rows: 1, allocated: 8)
    object.text(0x08, 0x0005, "CS", set)
    object.set(0x10, 0x0010, "PN", bytes + (bytes.count % 2 == 0 ? [] : [0x20]))
    #expect(try object.file().image(0).attributes.identifiers.patientName == name)
  }
}
