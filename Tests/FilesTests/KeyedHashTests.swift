import Testing

@testable import Files

/// HMAC-SHA-256 as RFC 4231 has it.
@Suite struct KeyedHashTests {
  @Test(arguments: [
    (
      [UInt8](repeating: 0x0B, count: 20), "Hi There",
      "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
    ),
    (
      Array("Jefe".utf8), "what do ya want for nothing?",
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    ),
    (
      [UInt8](repeating: 0xAA, count: 131),
      "Test Using Larger Than Block-Size Key - Hash Key First",
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
    ),
  ])
  func matchesTheStandard(key: [UInt8], text: String, expected: String) {
    #expect(KeyedHash(key: key).hexadecimal(of: text) == expected)
  }

  @Test func keysAreNotGuessed() {
    let keys = (0..<20).map { _ in KeyedHash.randomKey() }
    #expect(keys.allSatisfy { $0.count == 32 } && Set(keys).count == 20)
  }
}
