import Codecs
import Files
import Foundation
import Imaging
import ModelFiles
import Networks

/// A small untrained model and a few images: enough to see the program work, fast and offline.
enum Workbench {
  /// A folder of its own for a test; the caller removes it.
  static func folder() throws -> String {
    let path = NSTemporaryDirectory() + "/imgdx-test-\(UUID().uuidString)"
    try FileManager.default.createDirectory(
      atPath: path, withIntermediateDirectories: true)
    return path
  }

  /// Writes a model that takes 32 x 32 grey images.
  static func writeModel(to path: String, seed: UInt64 = 1) throws {
    var settings = UNetSettings()
    (settings.width, settings.height, settings.widths) = (32, 32, [4, 8])
    let metadata = ModelMetadata(
      name: "test-model", labels: ["normal", "benign", "malignant"],
      suspiciousLabels: ["malignant"], input: InputSpecification(width: 32, height: 32),
      classificationOutput: UNetOutput.classes, segmentationOutput: UNetOutput.mask,
      modalities: ["US"], summary: "Untrained.")
    try Model(graph: unet(settings, seed: seed), metadata: metadata).write(to: path)
  }

  /// Writes a plain ONNX classifier of five classes on images of three channels and any size.
  static func writeForeignClassifier(to path: String) throws {
    var net = GraphBuilder(input: "pixels", channels: 3, height: nil, width: nil, seed: 5)
    var x = net.convolution("pixels", 8, stride: 2, as: "conv")
    x = net.apply(LeakyReLU(), to: net.batchNormalization(x, as: "norm"), as: "relu")
    x = net.apply(GlobalPooling(.average), to: x, as: "pool")
    x = net.dense(net.apply(Reshape(.flatten(axis: 1)), to: x, as: "flat"), 5, as: "dense")
    net.output(net.apply(Softmax(), to: x, as: "classes"))
    try Model(graph: net.graph, metadata: nil).write(to: path)
  }

  /// Writes a grey PNG with a dark spot.
  static func writeImage(to path: String, seed: Int = 1) throws {
    var samples = [UInt8](repeating: 0, count: 60 * 40)
    for index in samples.indices {
      let (dx, dy) = (index % 60 - 30, index / 60 - 20)
      samples[index] = UInt8(
        truncatingIfNeeded: dx * dx + dy * dy < 100 ? 20 : 90 + index * seed % 60)
    }
    let image = Image(width: 60, height: 40, pixels: .uint8(samples))
    try AtomicFile.write(PNGCodec.encode(image), to: path)
  }

  /// Writes a square grey PNG that takes seconds and hundreds of megabytes to work on.
  static func writeLargeImage(to path: String, side: Int) throws {
    var samples = [UInt8](repeating: 40, count: side * side)
    for index in 0..<side { samples[index * side + index] = 200 }
    let image = Image(width: side, height: side, pixels: .uint8(samples))
    try AtomicFile.write(PNGCodec.encode(image), to: path)
  }

  /// The built program, beside the test bundle.
  static var program: URL {
    URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
      .deletingLastPathComponent().appendingPathComponent("imgdx")
  }

  /// Runs the program as a user does.
  static func run(_ arguments: [String], environment: [String: String] = [:], input: String? = nil)
    throws -> (status: Int32, output: String, errors: String)
  {
    try run(program, arguments, environment: environment, input: input)
  }

  /// Runs a line of shell.
  static func runShell(_ line: String) throws -> (status: Int32, output: String, errors: String) {
    try run(URL(fileURLWithPath: "/bin/bash"), ["-c", line])
  }

  private static func run(
    _ program: URL, _ arguments: [String], environment: [String: String] = [:],
    input: String? = nil
  ) throws -> (status: Int32, output: String, errors: String) {
    let process = Process()
    process.executableURL = program
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    let (output, errors) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = errors
    process.standardInput =
      try input.map { try FileHandle(forReadingFrom: URL(fileURLWithPath: $0)) }
      ?? FileHandle.nullDevice
    try process.run()
    // Outputs of these tests are far smaller than a pipe holds.
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    let talk = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, text, talk)
  }
}
