import Files
import Testing

@Suite struct PrintableTextTests {
  @Test(arguments: [
    ("scan 1.dcm", "scan 1.dcm"), ("Müller – 超音波", "Müller – 超音波"), ("a\nb", "a\\u{A}b"),
    ("\u{1B}[2Jx", "\\u{1B}[2Jx"), ("x\u{202E}gpj", "x\\u{202E}gpj"), ("\u{9B}1m", "\\u{9B}1m"),
  ])
  func whatATerminalObeysIsWrittenOut(text: String, shown: String) {
    #expect(text.printable == shown)
  }
}
