private import CCrypto
package import Foundation

/// SHA-256 (FIPS 180-4) through OpenSSL's libcrypto.
package struct Digest: Sendable, Hashable, CustomStringConvertible {
  /// 64 lower-case hexadecimal digits.
  package let description: String

  /// The digest of bytes in memory.
  package init(of bytes: some ContiguousBytes) {
    var out = [UInt8](repeating: 0, count: 32)
    bytes.withUnsafeBytes { source in
      var length: UInt32 = 0
      let done = EVP_Digest(source.baseAddress, source.count, &out, &length, EVP_sha256(), nil)
      precondition(done == 1 && length == 32, "libcrypto must provide SHA-256")
    }
    description = Digest.hexadecimal(out)
  }

  static func hexadecimal(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var text = [UInt8]()
    text.reserveCapacity(bytes.count * 2)
    for byte in bytes {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
  }
}
