import Foundation
import Testing

/// `--pipeline` and `--print-pipeline`, through the program.
@Suite struct PipelineCommandTests {
  private func write(_ text: String, _ bench: BatchBench, to name: String = "p.yml") throws
    -> String
  {
    let path = bench.folder + "/" + name
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    return path
  }

  private func worked(_ bench: BatchBench) throws -> Int? {
    try bench.object("out/run.json")["images_this_time"] as? Int
  }

  /// It needs no input, is accepted, and changes nothing that was done without it.
  @Test func thePrintedPipelineMeansTheDefaults() throws {
    let bench = try BatchBench(images: 2)
    let printed = try Workbench.run(["batch", "--print-pipeline"])
    #expect(printed.status == 0 && printed.errors.isEmpty)
    let pipeline = try write(printed.output, bench)
    try bench.run("out")
    let first = try bench.snapshot("out")
    #expect(try bench.run("out", ["--pipeline", pipeline]).status == 0)
    #expect(try worked(bench) == 0)
    #expect(try BatchBench.differences(first, bench.snapshot("out")) == [])
  }

  @Test func whatItAsksForIsDoneAndRecorded() throws {
    let bench = try BatchBench(images: 2)
    try bench.run("out")
    let pipeline = try write(
      """
      enhancement: [gaussian:sigma=2]
      thresholds: {suspicion: 0.01, mask: 0.3}
      outputs: {mask: false, overlay: false, thumbnails: false}
      """, bench)
    #expect(try bench.run("out", ["--pipeline", pipeline]).status == 0)
    #expect(try worked(bench) == 2, "results depend on it")
    #expect(!bench.exists("out/0001.mask.png") && !bench.exists("out/0001.overlay.png"))
    let document = try bench.object("out/0001.json")
    #expect(document["enhancement"] as? [String] == ["gaussian:sigma=2"])
    #expect(document["mask_threshold"] as? Double == 0.3)
    let warnings = try #require(document["warnings"] as? [String])
    #expect(warnings.contains { $0.contains("the model was trained with images without") })
    let configuration = try #require(
      bench.object("out/run.json")["configuration"] as? [String: Any])
    #expect(configuration["enhancement"] as? [String] == ["gaussian:sigma=2"])
    #expect(configuration["suspicion_threshold"] as? Double == 0.01)
    #expect(configuration["mask"] as? Bool == false)
    #expect(try !bench.text("out/report.html").contains("\"jpeg\":"))
    #expect(try bench.text("out/summary.csv").contains("the model was trained with"))
    // Without it everything is as it was.
    try bench.run("out")
    try bench.run("fresh")
    let (one, other) = (try bench.snapshot("out"), try bench.snapshot("fresh"))
    #expect(BatchBench.differences(one, other) == [])
  }

  @Test func optionsWinOverEnvironmentAndThatOverThePipeline() throws {
    let bench = try BatchBench(images: 1)
    try Workbench.writeModel(to: bench.folder + "/theirs.onnx", seed: 2)
    try Workbench.writeModel(to: bench.folder + "/third.onnx", seed: 3)
    let pipeline = try write(
      "model: theirs.onnx\noutputs: {include_phi: true}\nlimits: {jobs: 3, frames: 9, pixels: 9999}",
      bench)
    func model(_ more: [String], _ environment: [String: String] = [:]) throws -> [String] {
      _ = try Workbench.run(
        ["batch", bench.input, "-o", bench.folder + "/out", "--pipeline", pipeline] + more,
        environment: environment)
      let run = try bench.object("out/run.json")
      let configuration = try #require(run["configuration"] as? [String: Any])
      let machine = try #require(run["machine"] as? [String: Any])
      let digest = try #require((run["model"] as? [String: Any])?["sha256"] as? String)
      return [
        digest, "\(configuration["includes_phi"] as? Bool == true)", "\(machine["jobs"] ?? "")",
        "\(configuration["max_frames"] ?? "")",
      ]
    }
    let byPipeline = try model([])
    let byEnvironment = try model(
      [], ["IMGDX_MODEL": bench.model, "IMGDX_THREADS": "2"])
    let byOptions = try model(
      [
        "--model", bench.folder + "/third.onnx", "--jobs", "1", "--no-include-phi",
        "--max-frames", "5",
      ], ["IMGDX_MODEL": bench.model, "IMGDX_THREADS": "2"])
    #expect(Set([byPipeline[0], byEnvironment[0], byOptions[0]]).count == 3)
    #expect(Array(byPipeline.dropFirst()) == ["true", "3", "9"])
    #expect(Array(byEnvironment.dropFirst()) == ["true", "2", "9"])
    #expect(Array(byOptions.dropFirst()) == ["false", "1", "5"])
  }

  @Test func aFaultIsToldWithItsPlaceBeforeAnythingIsDone() throws {
    let bench = try BatchBench(images: 1)
    let pipeline = try write("limits:\n  job: 4\n", bench)
    let result = try bench.run("out", ["--pipeline", pipeline])
    #expect(result.status == 1 && !bench.exists("out"))
    #expect(
      result.errors.hasPrefix(
        "imgdx: \(pipeline):2:3: 'limits' has no key 'job'; did you mean 'jobs'?"))
  }

  @Test func inputsAndOutputAreStillNeeded() throws {
    for arguments in [["batch"], ["batch", "in"], ["batch", "-o", "out"]] {
      #expect(try Workbench.run(arguments).status == 2, "\(arguments)")
    }
  }
}
