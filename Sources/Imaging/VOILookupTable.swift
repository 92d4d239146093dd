/// The first table of a VOI LUT Sequence (PS3.3 C.11.2.1.1): which grey shows a modality value.
package struct VOILookupTable: Sendable, Equatable {
  /// The modality value that the first entry is for. Smaller values take the first entry, values
  /// past the end the last.
  package let firstMapped: Int
  /// 0 black to 1 white; at least one entry.
  package let shades: [Float]

  /// - Precondition: `shades` is not empty.
  package init(firstMapped: Int, shades: [Float]) {
    precondition(!shades.isEmpty, "a lookup table has at least one entry")
    self.firstMapped = firstMapped
    self.shades = shades
  }

  /// The shade of a modality value, rounded to the nearest entry. Not-a-number is black.
  package func callAsFunction(_ value: Double) -> Float {
    let position = (value - Double(firstMapped)).rounded()
    guard !position.isNaN else { return 0 }
    return shades[Int(min(max(position, 0), Double(shades.count - 1)))]
  }
}
