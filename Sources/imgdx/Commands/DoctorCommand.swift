import ArgumentParser
private import Foundation

/// `imgdx doctor`: what this installation consists of and whether it can work.
struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Shows versions, libraries, threads and limits, and whether a model is found.",
    discussion: "Put its output into every question about a result that surprises you.")

  func run() throws {
    try StandardOutput.writeLine("imgdx        \(programVersion)")
    try StandardOutput.writeLine("processors   \(ProcessInfo.processInfo.activeProcessorCount)")
  }
}
