private import Enhancement
package import Imaging
package import ModelFiles

/// Where an image lies on the network's input, and the way back.
package struct InputGeometry: Sendable, Equatable {
  /// The image.
  package let sourceWidth: Int
  package let sourceHeight: Int
  /// The network's input plane.
  package let inputWidth: Int
  package let inputHeight: Int
  /// The rectangle of the input plane that the image fills.
  package let left: Int
  package let top: Int
  package let contentWidth: Int
  package let contentHeight: Int

  /// Places an image of the given size on the input that the specification asks for.
  package init(width: Int, height: Int, on specification: InputSpecification) {
    (sourceWidth, sourceHeight) = (width, height)
    (inputWidth, inputHeight) = (specification.width, specification.height)
    switch specification.fit {
    case .stretch:
      (contentWidth, contentHeight) = (inputWidth, inputHeight)
    case .letterbox:
      let scale = min(Double(inputWidth) / Double(width), Double(inputHeight) / Double(height))
      contentWidth = min(max(Int((Double(width) * scale).rounded()), 1), inputWidth)
      contentHeight = min(max(Int((Double(height) * scale).rounded()), 1), inputHeight)
    }
    left = (inputWidth - contentWidth) / 2
    top = (inputHeight - contentHeight) / 2
  }

  /// One plane `[sourceHeight, sourceWidth]` resized and placed: `[inputHeight, inputWidth]`, zeros
  /// around it.
  package func place(_ plane: [Float]) -> [Float] {
    let content = Resampling.resize(
      plane, from: (sourceWidth, sourceHeight), to: (contentWidth, contentHeight))
    if contentWidth == inputWidth && contentHeight == inputHeight { return content }
    var result = [Float](repeating: 0, count: inputWidth * inputHeight)
    for y in 0..<contentHeight {
      let start = (top + y) * inputWidth + left
      result.replaceSubrange(
        start..<(start + contentWidth),
        with: content[(y * contentWidth)..<((y + 1) * contentWidth)])
    }
    return result
  }

  /// A mask of the image on the input plane: the share of each input pixel that is set, 0...1.
  /// - Precondition: the mask has the image's size.
  package func place(_ mask: Mask) -> [Float] {
    precondition(
      mask.width == sourceWidth && mask.height == sourceHeight, "a mask has its image's size")
    return place(mask.pixels.map(Float.init))
  }

  /// A plane of the network's output `[inputHeight, inputWidth]` back on the image:
  /// `[sourceHeight, sourceWidth]`. What lies outside the image is left out.
  package func mapBack(_ plane: [Float]) -> [Float] {
    precondition(plane.count == inputWidth * inputHeight, "the plane must be the input's size")
    var content = plane
    if contentWidth != inputWidth || contentHeight != inputHeight {
      content = (0..<contentHeight).flatMap { y in
        let start = (top + y) * inputWidth + left
        return plane[start..<(start + contentWidth)]
      }
    }
    return Resampling.resize(
      content, from: (contentWidth, contentHeight), to: (sourceWidth, sourceHeight))
  }
}
