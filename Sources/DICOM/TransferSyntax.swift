/// A transfer syntax: how a data set and its pixels are encoded (PS3.5 annex A, PS3.6 annex A).
package struct TransferSyntax: Sendable, Equatable {
  package let uid: String
  /// The name in the standard; the UID where it is unknown.
  package let name: String
  let pixels: PixelEncoding
  let encoding: Encoding
  let isDeflated: Bool

  /// What the value of Pixel Data is made of.
  enum PixelEncoding: Sendable, Equatable {
    /// Samples, one frame after the other.
    case native
    /// Fragments holding samples.
    case encapsulatedNative
    /// Fragments holding deflated samples.
    case deflatedFrames
    case rle
    /// JPEG, JPEG-LS or JPEG 2000; the codestream itself says which.
    case codestream
    case unsupported
  }

  /// - Parameter uid: Transfer Syntax UID; an unknown one is unsupported.
  package init(uid: String) {
    self.uid = uid
    let known = TransferSyntax.table[uid]
    // What is no UID may be anything, a name for one, and messages show it.
    let isUID = uid.utf8.count <= 64 && uid.utf8.allSatisfy { "0123456789.".utf8.contains($0) }
    name = known?.0 ?? (isUID ? "transfer syntax \(uid)" : "a transfer syntax that is no UID")
    pixels = known?.1 ?? .unsupported
    isDeflated = uid == "1.2.840.10008.1.2.1.99"
    encoding =
      switch uid {
      case "1.2.840.10008.1.2", TransferSyntax.geBigEndianPixels: .implicitLittle
      case "1.2.840.10008.1.2.2": .explicitBig
      default: .explicitLittle
      }
  }

  /// True where uncompressed samples are in the other byte order than the data set.
  var hasBigEndianPixels: Bool { uid == TransferSyntax.geBigEndianPixels }

  /// True where codestreams may hold values near the original ones.
  var isLossy: Bool {
    let suffixes = ["50", "51", "52", "53", "54", "55", "56", "81", "91", "93", "203"]
    return suffixes.contains { uid == "1.2.840.10008.1.2.4." + $0 }
  }

  /// True where they cannot hold anything else: JPEG by cosines.
  var isAlwaysLossy: Bool {
    ["50", "51", "52", "53", "54", "55", "56"].contains { uid == "1.2.840.10008.1.2.4." + $0 }
  }

  private static let geBigEndianPixels = "1.2.840.113619.5.2"
  static let implicitLittle = TransferSyntax(uid: "1.2.840.10008.1.2")
  static let explicitLittle = TransferSyntax(uid: "1.2.840.10008.1.2.1")
  static let explicitBig = TransferSyntax(uid: "1.2.840.10008.1.2.2")

  private static let table: [String: (String, PixelEncoding)] = {
    let jpeg = "1.2.840.10008.1.2.4."
    var table: [String: (String, PixelEncoding)] = [
      "1.2.840.10008.1.2": ("Implicit VR Little Endian", .native),
      "1.2.840.10008.1.2.1": ("Explicit VR Little Endian", .native),
      "1.2.840.10008.1.2.1.98": (
        "Encapsulated Uncompressed Explicit VR Little Endian", .encapsulatedNative
      ),
      "1.2.840.10008.1.2.1.99": ("Deflated Explicit VR Little Endian", .native),
      "1.2.840.10008.1.2.2": ("Explicit VR Big Endian", .native),
      "1.2.840.10008.1.2.5": ("RLE Lossless", .rle),
      "1.2.840.10008.1.2.8.1": ("Deflated Image Frame Compression", .deflatedFrames),
      geBigEndianPixels: ("GE private Implicit VR Little Endian with big endian pixels", .native),
      "1.2.840.10008.1.20": ("Papyrus 3 Implicit VR Little Endian", .native),
    ]
    for (number, name) in codestreams { table[jpeg + number] = (name, .codestream) }
    for (number, name) in unsupported { table[jpeg + number] = (name, .unsupported) }
    for (number, name) in ["1": "video", "2": "progressive video", "3": "audio"] {
      table["1.2.840.10008.1.2.7." + number] = ("SMPTE ST 2110 \(name)", .unsupported)
    }
    return table
  }()

  private static let codestreams: [(String, String)] = [
    ("50", "JPEG Baseline (Process 1)"), ("51", "JPEG Extended (Processes 2 & 4)"),
    ("52", "JPEG Extended (Processes 3 & 5)"),
    ("53", "JPEG Spectral Selection, Non-Hierarchical (Processes 6 & 8)"),
    ("54", "JPEG Spectral Selection, Non-Hierarchical (Processes 7 & 9)"),
    ("55", "JPEG Full Progression, Non-Hierarchical (Processes 10 & 12)"),
    ("56", "JPEG Full Progression, Non-Hierarchical (Processes 11 & 13)"),
    ("57", "JPEG Lossless, Non-Hierarchical (Process 14)"),
    ("58", "JPEG Lossless, Non-Hierarchical (Process 15)"),
    ("70", "JPEG Lossless, Non-Hierarchical, First-Order Prediction"),
    ("80", "JPEG-LS Lossless"), ("81", "JPEG-LS Lossy (Near-Lossless)"),
    ("90", "JPEG 2000 (Lossless Only)"), ("91", "JPEG 2000"),
    ("92", "JPEG 2000 Part 2 Multi-component (Lossless Only)"),
    ("93", "JPEG 2000 Part 2 Multi-component"),
    ("201", "High-Throughput JPEG 2000 (Lossless Only)"),
    ("202", "High-Throughput JPEG 2000 with RPCL Options (Lossless Only)"),
    ("203", "High-Throughput JPEG 2000"),
  ]

  private static let unsupported: [(String, String)] = [
    ("94", "JPIP Referenced"), ("95", "JPIP Referenced Deflate"),
    ("100", "MPEG2 Main Profile / Main Level video"),
    ("100.1", "Fragmentable MPEG2 Main Profile / Main Level video"),
    ("101", "MPEG2 Main Profile / High Level video"),
    ("101.1", "Fragmentable MPEG2 Main Profile / High Level video"),
    ("102", "MPEG-4 AVC/H.264 High Profile / Level 4.1 video"),
    ("102.1", "Fragmentable MPEG-4 AVC/H.264 High Profile / Level 4.1 video"),
    ("103", "MPEG-4 AVC/H.264 BD-compatible video"),
    ("103.1", "Fragmentable MPEG-4 AVC/H.264 BD-compatible video"),
    ("104", "MPEG-4 AVC/H.264 High Profile / Level 4.2 video (2D)"),
    ("104.1", "Fragmentable MPEG-4 AVC/H.264 High Profile / Level 4.2 video (2D)"),
    ("105", "MPEG-4 AVC/H.264 High Profile / Level 4.2 video (3D)"),
    ("105.1", "Fragmentable MPEG-4 AVC/H.264 High Profile / Level 4.2 video (3D)"),
    ("106", "MPEG-4 AVC/H.264 Stereo High Profile / Level 4.2 video"),
    ("106.1", "Fragmentable MPEG-4 AVC/H.264 Stereo High Profile / Level 4.2 video"),
    ("107", "HEVC/H.265 Main Profile / Level 5.1 video"),
    ("108", "HEVC/H.265 Main 10 Profile / Level 5.1 video"),
    ("110", "JPEG XL Lossless"), ("111", "JPEG XL JPEG Recompression"), ("112", "JPEG XL"),
    ("204", "JPIP HTJ2K Referenced"), ("205", "JPIP HTJ2K Referenced Deflate"),
    ("59", "JPEG Extended, Hierarchical (Processes 16 & 18)"),
    ("60", "JPEG Extended, Hierarchical (Processes 17 & 19)"),
    ("61", "JPEG Spectral Selection, Hierarchical (Processes 20 & 22)"),
    ("62", "JPEG Spectral Selection, Hierarchical (Processes 21 & 23)"),
    ("63", "JPEG Full Progression, Hierarchical (Processes 24 & 26)"),
    ("64", "JPEG Full Progression, Hierarchical (Processes 25 & 27)"),
    ("65", "JPEG Lossless, Hierarchical (Process 28)"),
    ("66", "JPEG Lossless, Hierarchical (Process 29)"),
  ]
}
