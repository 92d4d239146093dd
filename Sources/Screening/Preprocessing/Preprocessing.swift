private import Enhancement
package import Imaging
package import ModelFiles

/// How an image becomes a network's input. Training and screening call the same code, so that a
/// network is asked the question it was trained on.
///
/// Enhancement steps of the model → shown values in 0...1 (``Imaging/Image/displayPlanes(channels:)``)
/// → resized onto the input (``InputGeometry``) → normalised, `(value - mean) / standardDeviation`.
package struct Preprocessing: Sendable {
  package let specification: InputSpecification
  private let chain: EnhancementChain

  /// - Throws: ``ScreeningError`` when the specification contradicts itself or names an unknown
  ///   enhancement.
  package init(_ specification: InputSpecification) throws(ScreeningError) {
    if let reason = Preprocessing.fault(in: specification) {
      throw .badMetadata(model: "input specification", reason: reason)
    }
    self.specification = specification
    do {
      chain = try EnhancementChain(parsing: specification.enhancement)
    } catch {
      throw .enhancement(error)
    }
  }

  /// Everything but the normalisation. Augmentation in training works on this result.
  package func prepare(_ image: Image) throws(ScreeningError) -> PreparedImage {
    var enhanced = image
    if !chain.steps.isEmpty {
      do {
        enhanced = try chain.apply(to: image)
      } catch {
        throw .enhancement(error)
      }
    }
    let geometry = InputGeometry(width: image.width, height: image.height, on: specification)
    let shown = enhanced.displayPlanes(channels: specification.channels)
    let area = image.width * image.height
    let planes = (0..<specification.channels).flatMap { channel in
      geometry.place(
        specification.channels == 1
          ? shown : Array(shown[(channel * area)..<((channel + 1) * area)]))
    }
    return PreparedImage(
      planes: planes, geometry: geometry, enhancement: enhanced.attributes.history)
  }

  /// `(value - mean) / standardDeviation`, channel by channel: `[channels, height, width]`.
  package func normalise(_ planes: [Float]) -> [Float] {
    let area = specification.width * specification.height
    precondition(
      planes.count == area * specification.channels, "planes must have the input's shape")
    var result = planes
    for channel in 0..<specification.channels {
      let mean = specification.mean[channel]
      let factor = 1 / specification.standardDeviation[channel]
      result.withUnsafeMutableBufferPointer { values in
        for index in (channel * area)..<((channel + 1) * area) {
          values[index] = (values[index] - mean) * factor
        }
      }
    }
    return result
  }

  private static func fault(in specification: InputSpecification) -> String? {
    let channels = specification.channels
    if channels != 1 && channels != 3 { return "\(channels) input channels; imgdx knows 1 and 3" }
    let sides = 1...16384
    if !sides.contains(specification.width) || !sides.contains(specification.height) {
      return "an input of \(specification.width) x \(specification.height) pixels"
    }
    if specification.mean.count != channels || specification.standardDeviation.count != channels {
      return "mean and standard deviation must be given for each of \(channels) channels"
    }
    let isNormal =
      specification.mean.allSatisfy(\.isFinite)
      && specification.standardDeviation.allSatisfy { $0.isNormal && $0 > 0 }
    return isNormal ? nil : "mean must be finite and standard deviation above zero"
  }
}

/// An image on a network's input, not yet normalised.
package struct PreparedImage: Sendable, Equatable {
  /// `[channels, inputHeight, inputWidth]`, 0...1, zeros outside the image.
  package let planes: [Float]
  package let geometry: InputGeometry
  /// The enhancement steps that the image has been through, those of the file's past included.
  package let enhancement: [String]
}
