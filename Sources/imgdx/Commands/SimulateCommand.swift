import ArgumentParser
private import Foundation
internal import Simulation

/// `imgdx simulate`: breast ultrasound pictures from physics, with the lesions' outlines known.
struct SimulateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate",
    abstract: "Makes simulated breast ultrasound images with known lesion masks.",
    discussion: """
      Writes images/, masks/ and manifest.csv (image, mask, label, patient_id), ready for \
      `imgdx train --data DIR/manifest.csv`. The same seed gives the same pictures. Of six images one \
      is normal, three have a benign lesion and two a malignant one. They are simulated: no patient, \
      no device.
      """)

  @Option(name: .shortAndLong, help: "The folder to write into; made if missing.")
  var output: String

  @Option(help: "How many images.")
  var count = 100

  @Option(help: "Which images: another seed, other images.")
  var seed: UInt64 = 1

  @Option(help: "The same finding in all of them: normal, benign or malignant.")
  var finding: SimulatedUltrasound.Finding?

  @Option(help: "Bits of a sample, 8 or 16.")
  var bits = 8

  @Option(help: "Columns; by default 256 to 384, drawn for each image.")
  var width: Int?

  @Option(help: "Rows; by default 0.7 to 0.95 of the columns.")
  var height: Int?

  @Option(help: "png, jpeg or dicom; masks are always PNG.")
  var format = SimulatedFormat.png

  @Option(help: "Frames of a DICOM object: new speckle each, the same anatomy.")
  var frames = 1

  @Option(help: "How DICOM pixels are compressed: none, rle or jpeg-lossless.")
  var compression = SimulatedCompression.none

  func validate() throws {
    guard (1...100_000).contains(count) else {
      throw ValidationError("--count is a number from 1 to 100000.")
    }
    guard bits == 8 || bits == 16 && format != .jpeg else {
      throw ValidationError("--bits is 8 or 16, and 8 for JPEG.")
    }
    for (name, side) in [("--width", width), ("--height", height)] {
      if let side, !(64...2048).contains(side) {
        throw ValidationError("\(name) is a number from 64 to 2048.")
      }
    }
    guard frames == 1 || (2...1000).contains(frames) && format == .dicom else {
      throw ValidationError("--frames is a number from 1 to 1000, and 1 but for DICOM.")
    }
    guard compression == .none || format == .dicom else {
      throw ValidationError("--compression is for DICOM.")
    }
  }

  func run() throws {
    for folder in ["images", "masks"] {
      try FileManager.default.createDirectory(
        atPath: "\(output)/\(folder)", withIntermediateDirectories: true)
    }
    let writer = SimulatedSetWriter(
      folder: output, format: format, bits: bits, frames: frames, compression: compression)
    let meter = ProgressMeter("images", total: count)
    var rows = ""
    for index in 0..<count {
      let plan = SimulationPlan(
        seed: seed, index: index, finding: finding, width: width, height: height)
      rows += try writer.write(plan, seed: seed, number: index + 1)
      meter.advance()
    }
    try writer.writeManifest(rows)
    meter.finish()
    Terminal.say("imgdx: \(count) simulated images in \(output)/manifest.csv")
  }
}

extension SimulatedUltrasound.Finding: ExpressibleByArgument {}
