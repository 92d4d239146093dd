import Foundation
import Testing

/// Inputs stay as they are, whatever the output is called.
@Suite struct OriginalsTests {
  /// Runs a command in a folder with one simulated image and expects the image unharmed.
  private func expectRefused(
    _ arguments: (_ image: String, _ folder: String) -> [String], status: Int32
  ) throws {
    let folder = try Workbench.folder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let made = try Workbench.run(
      ["simulate", "-o", folder, "--count", "1", "--width", "64", "--height", "64"])
    #expect(made.status == 0, "\(made.errors)")
    let images = folder + "/images"
    let name = try #require(try FileManager.default.contentsOfDirectory(atPath: images).first)
    let image = "\(images)/\(name)"
    try FileManager.default.createSymbolicLink(
      atPath: folder + "/link.png", withDestinationPath: image)
    let before = try Data(contentsOf: URL(fileURLWithPath: image))
    let result = try Workbench.run(arguments(image, folder))
    #expect(result.status == status, "\(result.errors)")
    #expect(result.errors.contains("is an input and would be overwritten"), "\(result.errors)")
    #expect(try Data(contentsOf: URL(fileURLWithPath: image)) == before)
  }

  @Test func convertDoesNotOverwriteItsInput() throws {
    try expectRefused({ image, _ in ["convert", image, image] }, status: 1)
    try expectRefused({ image, folder in ["convert", folder + "/link.png", image] }, status: 1)
  }

  @Test func enhanceDoesNotOverwriteItsInput() throws {
    let step = ["--denoise", "median"]
    try expectRefused({ image, _ in ["enhance", image, "-o", image] + step }, status: 1)
  }

  @Test func enhanceIntoTheInputsFolderDoesNotOverwriteInputs() throws {
    let step = ["--denoise", "median"]
    try expectRefused(
      { image, folder in ["enhance", image, "-o", folder + "/images"] + step }, status: 3)
  }
}
