extension String {
  /// The text on one line that a terminal shows and does not obey: control characters, line breaks and
  /// marks that turn the direction of writing stand as `\\u{1B}`. For names and texts out of files.
  package var printable: String {
    guard unicodeScalars.contains(where: String.isObeyed) else { return self }
    var out = ""
    for scalar in unicodeScalars {
      if String.isObeyed(scalar) {
        out += "\\u{" + String(scalar.value, radix: 16, uppercase: true) + "}"
      } else {
        out.unicodeScalars.append(scalar)
      }
    }
    return out
  }

  private static func isObeyed(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator: true
    default: (0x202A...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
    }
  }
}
