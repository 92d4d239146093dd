/// `800M`, `4G`, `4GiB`, `1000000000`.
package struct ByteCount: Sendable, Equatable {
  package let bytes: Int

  package init?(_ text: String) {
    guard let match = text.wholeMatch(of: /([0-9]+)(?:([KMGT])(?:i?B)?)?/.ignoresCase()),
      let number = Int(match.1)
    else { return nil }
    let shift = ["K": 10, "M": 20, "G": 30, "T": 40][match.2?.uppercased() ?? ""] ?? 0
    let (bytes, overflow) = number.multipliedReportingOverflow(by: 1 << shift)
    guard !overflow else { return nil }
    self.bytes = bytes
  }
}
