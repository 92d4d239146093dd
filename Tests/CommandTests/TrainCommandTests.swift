import Foundation
import Testing

/// `train` as a user runs it: real processes, real signals.
@Suite struct TrainCommandTests {
  private func arguments(_ folder: String, _ output: String, epochs: Int, threads: Int = 1)
    -> [String]
  {
    [
      "train", "--data", folder + "/set.csv", "-o", "\(folder)/\(output)", "--name", "small",
      "--size", "32", "--widths", "4,8", "--batch", "4", "--epochs", "\(epochs)", "--threads",
      "\(threads)",
    ]
  }

  private func bytes(_ path: String) -> Data? { FileManager.default.contents(atPath: path) }

  @Test func theSameSeedGivesTheSameBytesOnAnyNumberOfThreads() throws {
    try LabelledSet.with { folder in
      for (name, threads) in [("one.onnx", 1), ("two.onnx", 2)] {
        let result = try Workbench.run(arguments(folder, name, epochs: 4, threads: threads))
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output.isEmpty)
      }
      let one = try #require(bytes(folder + "/one.onnx"))
      #expect(one == bytes(folder + "/two.onnx"))
      let verified = try Workbench.run(["model", "verify", folder + "/one.onnx"])
      #expect(verified.status == 0 && verified.output.contains("sound, complete"))
      #expect(!FileManager.default.fileExists(atPath: folder + "/one.onnx.checkpoint"))
    }
  }

  /// Ctrl-C keeps what is done; SIGKILL loses at most the epoch in hand. Either way the same command
  /// ends with the bytes of a run that nobody disturbed.
  @Test(arguments: [SIGINT, SIGKILL])
  func aStoppedRunGoesOnToTheSameBytes(signal: Int32) throws {
    try LabelledSet.with { folder in
      let whole = try Workbench.run(arguments(folder, "whole.onnx", epochs: 150))
      #expect(whole.status == 0, "\(whole.errors)")
      let process = Process()
      process.executableURL = Workbench.program
      process.arguments = arguments(folder, "cut.onnx", epochs: 150)
      process.standardError = FileHandle.nullDevice
      try process.run()
      let checkpoint = folder + "/cut.onnx.checkpoint"
      let deadline = Date().addingTimeInterval(60)
      while !FileManager.default.fileExists(atPath: checkpoint), Date() < deadline { usleep(2_000) }
      kill(process.processIdentifier, signal)
      process.waitUntilExit()
      #expect(process.terminationStatus == (signal == SIGINT ? 75 : SIGKILL))
      #expect(bytes(checkpoint) != nil, "the run was over before it was stopped")
      let verified = try Workbench.run(["model", "verify", folder + "/cut.onnx"])
      #expect(verified.status == 0, "the model so far is whole")
      let rest = try Workbench.run(arguments(folder, "cut.onnx", epochs: 150))
      #expect(rest.status == 0 && rest.errors.contains("going on after epoch"))
      #expect(bytes(folder + "/cut.onnx") == bytes(folder + "/whole.onnx"))
    }
  }

  @Test func evaluationOnTrainingImagesIsCalledThat() throws {
    try LabelledSet.with { folder in
      let trained = try Workbench.run(
        arguments(folder, "a.onnx", epochs: 1) + ["--test-fold", "0", "--folds", "3"])
      #expect(trained.status == 0, "\(trained.errors)")
      let evaluate = ["evaluate", "--model", folder + "/a.onnx", "--data", folder + "/set.csv"]
      let all = try Workbench.run(evaluate)
      #expect(all.errors.contains("was trained on 8 of these 12 images"), "\(all.errors)")
      #expect(all.output.contains("Caution: the model was trained on 8 of these 12 images"))
      let apart = try Workbench.run(evaluate + ["--test-fold", "0", "--folds", "3", "--json"])
      #expect(!apart.errors.contains("was trained on"))
      #expect(apart.output.contains("\"trained_on\" : 0"))
    }
  }

  @Test func aCheckpointOfOtherSettingsIsRefused() throws {
    try LabelledSet.with { folder in
      let first = Process()
      first.executableURL = Workbench.program
      first.arguments = arguments(folder, "a.onnx", epochs: 2000)
      first.standardError = FileHandle.nullDevice
      try first.run()
      let deadline = Date().addingTimeInterval(60)
      while bytes(folder + "/a.onnx.checkpoint") == nil, Date() < deadline { usleep(2_000) }
      kill(first.processIdentifier, SIGINT)
      first.waitUntilExit()
      let other = try Workbench.run(arguments(folder, "a.onnx", epochs: 3))
      #expect(other.status == 1 && other.errors.contains("other settings or data"))
    }
  }

  @Test func fineTuningTakesTheWeightsThatFit() throws {
    try LabelledSet.with { folder in
      #expect(try Workbench.run(arguments(folder, "a.onnx", epochs: 1)).status == 0)
      let tuned = try Workbench.run(
        arguments(folder, "b.onnx", epochs: 1) + ["--init", folder + "/a.onnx"])
      #expect(tuned.status == 0 && tuned.errors.contains("weights taken from"))
      #expect(bytes(folder + "/a.onnx") != bytes(folder + "/b.onnx"))
    }
  }

  @Test(arguments: [
    (["--size", "33"], "--size must be a multiple"), (["--widths", "a"], "--widths takes"),
    (["--augmentation", "wild"], "none, light, standard or strong"),
    (["--test-fold", "9"], "--test-fold must lie"), (["--batch", "0"], "batch"),
  ])
  func wrongOptionsAreExplained(options: [String], message: String) throws {
    try LabelledSet.with { folder in
      let result = try Workbench.run(arguments(folder, "a.onnx", epochs: 1) + options)
      #expect(result.status != 0 && result.status < 64 && result.errors.contains(message))
    }
  }

  /// A network of three channels and another number of classes learns this set's labels.
  @Test func anImportedNetworkIsFineTuned() throws {
    try LabelledSet.with { folder in
      try Workbench.writeForeignClassifier(to: folder + "/foreign.onnx")
      let trained = try Workbench.run([
        "train", "--data", folder + "/set.csv", "--network", folder + "/foreign.onnx", "--task",
        "classify", "--size", "32", "--batch", "4", "--epochs", "2", "-o", folder + "/own.onnx",
      ])
      #expect(trained.status == 0, "\(trained.errors)")
      let verified = try Workbench.run(["model", "verify", folder + "/own.onnx"])
      #expect(verified.status == 0 && verified.output.contains("sound, complete"))
      let answer = try Workbench.run([
        "classify", folder + "/0.png", "--model", folder + "/own.onnx", "--json",
      ])
      #expect(answer.status == 0 && answer.output.contains("malignant"), "\(answer.errors)")
    }
  }
}
