package import Imaging
private import Intake
package import ModelFiles
private import Screening

/// Decodes an item's image and mask and puts them on the network's input, as screening does.
package struct SampleLoader: Sendable {
  private let specification: InputSpecification
  private let preprocessing: Preprocessing

  /// - Throws: ``TrainingError/badSetting(name:reason:)`` when the specification cannot be used.
  package init(_ specification: InputSpecification) throws(TrainingError) {
    guard specification.channels == 1 else {
      throw .badSetting(name: "input", reason: "training works on one channel, luminance")
    }
    self.specification = specification
    do {
      preprocessing = try Preprocessing(specification)
    } catch {
      throw .badSetting(name: "input", reason: "\(error)")
    }
  }

  /// - Parameter number: the item's place in its manifest.
  package func sample(_ item: ManifestItem, number: Int) throws(TrainingError) -> Sample {
    let (image, sha256) = try Self.open(item.image)
    let mask = try item.mask.map { path throws(TrainingError) in
      try Self.mask(at: path, for: image)
    }
    return try sample(image, mask: mask, item, number: number, sha256: sha256)
  }

  /// A sample from an image in memory. - Precondition: the mask has the image's size.
  package func sample(
    _ image: Image, mask: Mask?, _ item: ManifestItem, number: Int, sha256: String? = nil
  ) throws(TrainingError) -> Sample {
    let prepared: PreparedImage
    do {
      prepared = try preprocessing.prepare(image)
    } catch {
      throw .unusableImage(path: item.image, reason: "\(error)")
    }
    let area = prepared.geometry.contentWidth * prepared.geometry.contentHeight
    return Sample(
      item: number,
      image: prepared.planes.map { UInt16(min(max($0, 0), 1) * 65535 + 0.5) },
      lesion: mask.map { mask in
        prepared.geometry.place(mask).map { UInt8(min(max($0, 0), 1) * 255 + 0.5) }
      },
      mean: prepared.planes.reduce(0, +) / Float(area), classIndex: item.classIndex,
      targets: item.targets, weight: item.weight, sha256: sha256)
  }

  /// The first frame of a file, and the file's SHA-256.
  static func open(_ path: String) throws(TrainingError) -> (image: Image, sha256: String) {
    do throws(IntakeError) {
      let file = try ImageFile(path: path)
      return (try file.frame(0), file.digest.description)
    } catch { throw .unreadableImage(error) }
  }

  /// The first frame of a file.
  package static func image(at path: String) throws(TrainingError) -> Image {
    try open(path).image
  }

  /// A mask file: whatever is not 0 is lesion (any channel, where it has several).
  package static func mask(at path: String, for image: Image) throws(TrainingError) -> Mask {
    let file = try Self.image(at: path)
    guard file.width == image.width, file.height == image.height else {
      throw .maskSizeDiffers(
        mask: path, maskSize: "\(file.width)x\(file.height)",
        imageSize: "\(image.width)x\(image.height)")
    }
    let values = file.pixels.floats()
    let pixels = stride(from: 0, to: values.count, by: file.channels).map { start -> UInt8 in
      values[start..<(start + file.channels)].contains { $0 != 0 } ? 1 : 0
    }
    return Mask(width: file.width, height: file.height, pixels: pixels)
  }
}
