import Codecs
import Foundation
import Imaging
import Testing

/// The committed samples: they can be read, belong to their truth, and come from the simulator.
@Suite struct SampleImagesTests {
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().path

  private func bytes(_ path: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(Self.root)/\(path)")))
  }

  /// Columns and rows of a file as `convert` shows it.
  private func shown(_ path: String, in folder: String) throws -> [Int] {
    let result = try Workbench.run(
      ["convert", "\(Self.root)/\(path)", folder + "/shown.png", "--frame", "1"])
    #expect(result.status == 0, "\(result.errors)")
    let file = try Data(contentsOf: URL(fileURLWithPath: folder + "/shown.png"))
    let header = try PNGCodec.header(of: [UInt8](file))
    return [header.width, header.height]
  }

  @Test func everySampleHasItsTruth() throws {
    let folder = try Workbench.folder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let manifest = String(decoding: try bytes("SampleImages/.truth/manifest.csv"), as: UTF8.self)
    let rows = manifest.split(separator: "\n").dropFirst()
    for row in rows {
      let fields = row.split(separator: ",").map(String.init)
      let mask = try PNGCodec.decode(try bytes("SampleImages/.truth/\(fields[1])"))
      let size = try shown("SampleImages/.truth/\(fields[0])", in: folder)
      #expect(size == [mask.width, mask.height])
      guard case .uint8(let samples) = mask.pixels else {
        Issue.record("\(fields[1]) is no mask")
        continue
      }
      #expect(samples.contains(255) == (fields[2] != "normal"), "\(row)")
    }
    let files = try FileManager.default.contentsOfDirectory(atPath: Self.root + "/SampleImages")
    // Beside them the damaged one, the README and the hidden folder of the truth.
    #expect(files.count == rows.count + 3)
  }

  @Test func theDamagedSampleIsToldAsTruncated() throws {
    let damaged = try bytes("SampleImages/damaged.png")
    #expect(throws: CodecError.truncated(.png)) { try PNGCodec.image(from: damaged) }
    #expect(try bytes("SampleImages/benign-1.png").starts(with: damaged))
  }

  @Test(arguments: [
    ("malignant-2-16bit.png", ["--seed", "26007", "--finding", "malignant", "--bits", "16"]),
    (
      "malignant-5-loop.dcm",
      ["--seed", "26010", "--finding", "malignant", "--format", "dicom", "--frames", "4"]
    ),
    (
      "benign-5-compressed.dcm",
      [
        "--seed", "26005", "--finding", "benign", "--format", "dicom", "--bits", "16",
        "--compression", "jpeg-lossless",
      ]
    ),
  ])
  func samplesCanBeMadeAnew(name: String, options: [String]) throws {
    let folder = try Workbench.folder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let result = try Workbench.run(["simulate", "-o", folder, "--count", "1"] + options)
    #expect(result.status == 0, "\(result.errors)")
    let made = try FileManager.default.contentsOfDirectory(atPath: folder + "/images")
    let path = "\(folder)/images/\(try #require(made.first))"
    // Mathematical functions may differ in the last bit from processor to processor.
    let (new, old) = (
      try samples(path, in: folder), try samples("\(Self.root)/SampleImages/\(name)", in: folder)
    )
    let largest = zip(new, old).map { abs($0 - $1) }.max() ?? .infinity
    #expect(new.count == old.count && largest <= 2)
  }

  /// The first frame as `convert` shows it.
  private func samples(_ path: String, in folder: String) throws -> [Float] {
    let result = try Workbench.run(["convert", path, folder + "/shown.png", "--frame", "1"])
    #expect(result.status == 0, "\(result.errors)")
    let file = try Data(contentsOf: URL(fileURLWithPath: folder + "/shown.png"))
    return try PNGCodec.decode([UInt8](file)).pixels.floats()
  }
}
