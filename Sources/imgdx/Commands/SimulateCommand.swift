import ArgumentParser
private import Codecs
private import Files
private import Foundation
private import Simulation

/// `imgdx simulate`: breast ultrasound pictures from physics, with the lesions' outlines known.
struct SimulateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate",
    abstract: "Makes simulated breast ultrasound images with known lesion masks.",
    discussion: """
      Writes images/, masks/ and manifest.csv (image, mask, label, patient_id), ready for \
      `imgdx train --data DIR/manifest.csv`. The same seed gives the same files. Of six images one \
      is normal, three have a benign lesion and two a malignant one. They are simulated: no patient, \
      no device.
      """)

  @Option(name: .shortAndLong, help: "The folder to write into; made if missing.")
  var output: String

  @Option(help: "How many images.")
  var count = 100

  @Option(help: "Which images: another seed, other images.")
  var seed: UInt64 = 1

  @Option(help: "Bits of a sample, 8 or 16.")
  var bits = 8

  @Option(help: "Columns; by default 256 to 384, drawn for each image.")
  var width: Int?

  @Option(help: "Rows; by default 0.7 to 0.95 of the columns.")
  var height: Int?

  func validate() throws {
    guard (1...100_000).contains(count) else {
      throw ValidationError("--count is a number from 1 to 100000")
    }
    guard bits == 8 || bits == 16 else { throw ValidationError("--bits is 8 or 16") }
    for (name, side) in [("--width", width), ("--height", height)] {
      if let side, !(64...2048).contains(side) {
        throw ValidationError("\(name) is a number from 64 to 2048")
      }
    }
  }

  func run() throws {
    for folder in ["images", "masks"] {
      try FileManager.default.createDirectory(
        atPath: "\(output)/\(folder)", withIntermediateDirectories: true)
    }
    let meter = ProgressMeter("images", total: count)
    var manifest = "image,mask,label,patient_id\n"
    for index in 0..<count {
      let plan = SimulationPlan(seed: seed, index: index, width: width, height: height)
      let picture = plan.picture()
      let name = "\(plan.finding.rawValue)-\(seed)-\(String(index + 1).leftPadded(to: 4)).png"
      try AtomicFile.write(
        try PNGCodec.encode(picture.image(bits: bits)), to: "\(output)/images/\(name)")
      try AtomicFile.write(try PNGCodec.encode(picture.mask), to: "\(output)/masks/\(name)")
      let finding = plan.finding.rawValue
      manifest += "images/\(name),masks/\(name),\(finding),simulated-\(seed)-\(index + 1)\n"
      meter.advance()
    }
    try AtomicFile.write(manifest, to: "\(output)/manifest.csv")
    meter.finish()
    Terminal.say("imgdx: \(count) simulated images in \(output)/manifest.csv")
  }
}

extension String {
  fileprivate func leftPadded(to length: Int) -> String {
    String(repeating: "0", count: max(length - count, 0)) + self
  }
}
