import Foundation
import Testing

/// `crossvalidate` as a user runs it.
@Suite struct CrossValidateCommandTests {
  private func arguments(_ folder: String, _ output: String, epochs: Int = 2) -> [String] {
    [
      "crossvalidate", "--data", folder + "/set.csv", "-o", "\(folder)/\(output)", "--folds", "3",
      "--size", "32", "--widths", "4,8", "--batch", "4", "--epochs", "\(epochs)", "--threads", "1",
      "--resamples", "20",
    ]
  }

  private func text(_ path: String) throws -> String {
    try String(contentsOfFile: path, encoding: .utf8)
  }

  @Test func everyImageIsMeasuredOnceByAModelThatNeverSawItsPatient() throws {
    try LabelledSet.with { folder in
      let result = try Workbench.run(arguments(folder, "out"))
      #expect(result.status == 0, "\(result.errors)")
      #expect(result.output.contains("standard deviation") && result.output.contains("12 images"))
      let rows = try text(folder + "/out/images.csv").components(separatedBy: "\r\n").dropFirst()
      let names = rows.compactMap { $0.split(separator: ",").first }
      #expect(names.count == 12 && Set(names).count == 12)
      for fold in 0..<3 {
        // As `train` and `evaluate` would do it one by one.
        let alone = try Workbench.run(
          [
            "evaluate", "--model", "\(folder)/out/fold-\(fold).onnx", "--data",
            folder + "/set.csv", "--test-fold", "\(fold)", "--folds", "3", "--resamples", "20",
            "--json",
          ])
        #expect(alone.status == 0, "\(alone.errors)")
        #expect(alone.output.contains("\"trained_on\" : 0"))
        #expect(try alone.output == text("\(folder)/out/fold-\(fold)/evaluation.json"))
      }
      let table = try text(folder + "/out/folds.csv").components(separatedBy: "\r\n")
      #expect(table.count == 7 && table[4].hasPrefix("mean,,"))
    }
  }

  @Test func aStoppedRunGoesOnToTheSameFigures() throws {
    try LabelledSet.with { folder in
      let whole = try Workbench.run(arguments(folder, "whole", epochs: 60))
      #expect(whole.status == 0, "\(whole.errors)")
      let process = Process()
      process.executableURL = Workbench.program
      process.arguments = arguments(folder, "cut", epochs: 60)
      (process.standardOutput, process.standardError) =
        (FileHandle.nullDevice, FileHandle.nullDevice)
      try process.run()
      let deadline = Date().addingTimeInterval(60)
      let checkpoint = folder + "/cut/fold-1.onnx.checkpoint"
      while !FileManager.default.fileExists(atPath: checkpoint), Date() < deadline { usleep(2_000) }
      kill(process.processIdentifier, SIGINT)
      process.waitUntilExit()
      #expect(process.terminationStatus == 75)
      let rest = try Workbench.run(arguments(folder, "cut", epochs: 60))
      #expect(rest.status == 0 && rest.output == whole.output)
    }
  }

  @Test func foldsOfOtherOptionsAreNotMixed() throws {
    try LabelledSet.with { folder in
      #expect(try Workbench.run(arguments(folder, "out")).status == 0)
      let other = try Workbench.run(arguments(folder, "out", epochs: 3))
      #expect(other.status == 1 && other.errors.contains("other options or data"))
    }
  }
}
