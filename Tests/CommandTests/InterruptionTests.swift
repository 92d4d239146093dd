import Foundation
import Testing

/// Ctrl-C in the middle of a batch: what is done is kept and told.
@Suite struct InterruptionTests {
  @Test(arguments: [SIGINT, SIGTERM, SIGUSR1])
  func stopsInOrderAndLeavesAReport(signal: Int32) throws {
    let folder = try Workbench.folder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try Workbench.writeModel(to: folder + "/model.onnx")
    try FileManager.default.createDirectory(
      atPath: folder + "/in", withIntermediateDirectories: true)
    try Workbench.writeImage(to: folder + "/in/0.png")
    for index in 1..<3000 {
      try FileManager.default.linkItem(
        atPath: folder + "/in/0.png", toPath: "\(folder)/in/\(index).png")
    }
    let process = Process()
    process.executableURL = Workbench.program
    process.arguments = [
      "batch", folder + "/in", "-o", folder + "/out", "--model", folder + "/model.onnx",
      "--jobs", "1",
    ]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    let deadline = Date().addingTimeInterval(60)
    while !FileManager.default.fileExists(atPath: folder + "/out/1.json"), Date() < deadline {
      usleep(5_000)
    }
    kill(process.processIdentifier, signal)
    process.waitUntilExit()
    #expect(process.terminationReason == .exit && process.terminationStatus == 75)
    let run = try String(contentsOfFile: folder + "/out/run.json", encoding: .utf8)
    #expect(run.contains("\"interrupted\": true"))
    #expect(FileManager.default.fileExists(atPath: folder + "/out/report.html"))
    let names = try FileManager.default.contentsOfDirectory(atPath: folder + "/out")
    #expect(!names.contains { $0.contains(".part-") })
  }

  @Test func closedPipesEndQuietly() throws {
    let shell = Process()
    shell.executableURL = URL(fileURLWithPath: "/bin/bash")
    shell.arguments = [
      "-c", "set -o pipefail; '\(Workbench.program.path)' --help | true",
    ]
    let errors = Pipe()
    shell.standardError = errors
    try shell.run()
    let talk = errors.fileHandleForReading.readDataToEndOfFile()
    shell.waitUntilExit()
    #expect(shell.terminationStatus == 0 && talk.isEmpty)
  }
}
