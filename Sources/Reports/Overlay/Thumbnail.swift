private import Codecs
private import Enhancement
package import Imaging
private import Screening

/// A small picture of an image for the report, and the lesions' outlines over it.
package struct Thumbnail: Sendable, Equatable {
  package let width: Int
  package let height: Int
  /// The picture without outlines.
  package let jpeg: [UInt8]
  /// The outlines as an SVG path (`M…L…Z`) in thumbnail pixels; empty without lesions.
  package let outline: String

  /// Makes a thumbnail whose longest side is `side` pixels, or the image's own size if smaller.
  /// - Throws: ``ReportError`` when the picture cannot be encoded.
  package init(of image: Image, mask: Mask?, side: Int) throws(ReportError) {
    let channels = image.channels
    let scale = min(Double(side) / Double(max(image.width, image.height)), 1)
    let size = (
      width: max(Int((Double(image.width) * scale).rounded()), 1),
      height: max(Int((Double(image.height) * scale).rounded()), 1)
    )
    (width, height) = (size.width, size.height)
    let shown = image.displayPlanes(channels: channels)
    let area = image.width * image.height
    let planes = (0..<channels).map { channel in
      Resampling.resize(
        channels == 1 ? shown : Array(shown[(channel * area)..<((channel + 1) * area)]),
        from: (image.width, image.height), to: size)
    }
    let picture = Picture(width: size.width, height: size.height, planes: planes)
    do {
      jpeg = try JPEGCodec.encode(picture.image, quality: 82)
    } catch {
      throw .cannotEncode(what: "the thumbnail", reason: error.description)
    }
    outline =
      mask.map { mask in
        Contour.tracing(mask).map { contour in
          contour.scaled(by: scale).simplified(tolerance: 0.3).svgPath
        }.joined()
      } ?? ""
  }
}

extension Contour {
  /// `M1.5 2L3 4…Z`, one decimal.
  fileprivate var svgPath: String {
    let steps = points.map { "\(Self.decimal($0.x)) \(Self.decimal($0.y))" }
    return "M" + steps.joined(separator: "L") + "Z"
  }

  private static func decimal(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    return tenths % 10 == 0 ? String(tenths / 10) : "\(tenths / 10).\(tenths % 10)"
  }
}
