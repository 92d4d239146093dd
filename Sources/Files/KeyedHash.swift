private import CCrypto

/// Names for texts that tell nothing of them without the key: HMAC-SHA-256 (RFC 2104, FIPS 198-1)
/// through OpenSSL's libcrypto.
package struct KeyedHash: Sendable {
  /// Bytes of a key.
  package static let keyLength = 32
  private let key: [UInt8]

  /// A key that nobody can guess, from the system's generator (`getrandom`).
  package static func randomKey() -> [UInt8] {
    var generator = SystemRandomNumberGenerator()
    return (0..<keyLength).map { _ in UInt8.random(in: 0...255, using: &generator) }
  }

  package init(key: [UInt8]) { self.key = key }

  /// 64 lower-case hexadecimal digits; any part of them is as good as its length.
  package func hexadecimal(of text: String) -> String {
    var out = [UInt8](repeating: 0, count: 32)
    var length: UInt32 = 0
    let bytes = Array(text.utf8)
    let done = HMAC(
      EVP_sha256(), key, Int32(clamping: key.count), bytes, bytes.count, &out, &length)
    precondition(done != nil && length == 32, "libcrypto must provide HMAC-SHA-256")
    return Digest.hexadecimal(out)
  }
}
