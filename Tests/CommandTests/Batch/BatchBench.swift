import BatchLedger
import Foundation
import Testing

/// A folder of images, a small model, and a batch over them as a process of its own.
final class BatchBench {
  let folder: String
  var input: String { folder + "/in" }
  var model: String { folder + "/model.onnx" }

  init(images: Int) throws {
    folder = try Workbench.folder()
    try Workbench.writeModel(to: folder + "/model.onnx")
    for index in 0..<images { try addImage(index) }
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  /// "in/deep/12.png" and the like.
  func path(_ index: Int) -> String {
    let name = String(format: "%04d.png", index)
    return input + (index % 3 == 0 ? "/deep/" : "/") + name
  }

  func addImage(_ index: Int) throws {
    try FileManager.default.createDirectory(
      atPath: input + "/deep", withIntermediateDirectories: true)
    try Workbench.writeImage(to: path(index), seed: index + 1)
  }

  func arguments(_ output: String, _ more: [String] = []) -> [String] {
    ["batch", input, "-o", folder + "/" + output, "--model", model] + more
  }

  /// Runs a batch to its end.
  @discardableResult
  func run(_ output: String, _ more: [String] = []) throws -> (
    status: Int32, output: String, errors: String
  ) {
    try Workbench.run(arguments(output, more))
  }

  /// Starts a batch; what it says goes to the file `<output>.log`.
  func start(
    _ output: String, _ more: [String] = [], environment: [String: String] = [:]
  ) throws -> RunningBatch {
    try RunningBatch(
      arguments(output, more), log: "\(folder)/\(output).log", environment: environment)
  }

  func exists(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: "\(folder)/\(path)")
  }

  func text(_ path: String) throws -> String {
    try String(contentsOfFile: "\(folder)/\(path)", encoding: .utf8)
  }

  func object(_ path: String) throws -> [String: Any] {
    let data = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(path)"))
    return try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
  }

  /// How many times workers have begun to work on a file.
  func attempts(at path: String, in output: String) throws -> Int? {
    try Ledger(reading: "\(folder)/\(output)").knowledge(of: path)?.attempts
  }

  /// Every file of an output folder but ledger and names, with times and what depends on them taken out:
  /// equal for two runs that found the same.
  func snapshot(_ output: String) throws -> [String: Data] {
    var files: [String: Data] = [:]
    for file in try FileManager.default.subpathsOfDirectory(atPath: "\(folder)/\(output)")
    where !file.hasPrefix("ledger.sqlite") && file != ".lock" && file != "names.sqlite" {
      let path = "\(folder)/\(output)/\(file)"
      var isFolder: ObjCBool = false
      FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
      if isFolder.boolValue { continue }
      let data = try Data(contentsOf: URL(fileURLWithPath: path))
      let isText = file.hasSuffix(".json") || file.hasSuffix(".html")
      let text = isText ? Self.withoutTimes(String(decoding: data, as: UTF8.self)) : nil
      files[file] = text.map { Data($0.utf8) } ?? data
    }
    return files
  }

  private static func withoutTimes(_ text: String) -> String {
    let members =
      /"(started|finished|elapsed|elapsed_seconds|images_this_time|images_per_second|jobs)": ?[^,\n]+/
    let groups = /"(timings_seconds|stage_seconds)": ?\{[^}]*\}/
    let title = /Screening report, [0-9-]+/
    return text.replacing(members, with: "").replacing(groups, with: "").replacing(title, with: "")
  }

  /// Names of files whose snapshots differ.
  static func differences(_ one: [String: Data], _ other: [String: Data]) -> [String] {
    Set(one.keys).union(other.keys).filter { one[$0] != other[$0] }.sorted()
  }
}

/// A batch that runs, and the workers it has.
final class RunningBatch {
  let process = Process()
  private let log: String

  init(_ arguments: [String], log: String, environment: [String: String] = [:]) throws {
    self.log = log
    try Data().write(to: URL(fileURLWithPath: log))
    process.executableURL = Workbench.program
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardOutput = FileHandle.nullDevice
    process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: log))
    try process.run()
  }

  deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

  /// What it has said.
  var errors: String { (try? String(contentsOfFile: log, encoding: .utf8)) ?? "" }

  /// Processes that it has started and that have not ended.
  var workers: [Int32] { Processes.children(of: process.processIdentifier) }

  /// Stops its workers where they are, so that it cannot end meanwhile.
  func hold() { for worker in workers { kill(worker, SIGSTOP) } }

  /// Lets the workers go on.
  func letGo() { for worker in workers { kill(worker, SIGCONT) } }

  /// Waits until something holds; false when it does not come about in a minute.
  func wait(until condition: () throws -> Bool) rethrows -> Bool {
    let deadline = Date().addingTimeInterval(60)
    while Date() < deadline {
      if try condition() { return true }
      usleep(2_000)
    }
    return false
  }

  /// The exit code; of a process that was killed, 128 and the signal.
  func end() -> Int32 {
    process.waitUntilExit()
    return process.terminationStatus + (process.terminationReason == .exit ? 0 : 128)
  }
}

/// What `/proc` says.
enum Processes {
  static func children(of parent: Int32) -> [Int32] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return names.compactMap { Int32($0) }.filter { process in
      guard let fields = fields(of: process), fields.count > 1 else { return false }
      return fields[1] == "\(parent)" && fields[0] != "Z"
    }
  }

  static func isAlive(_ process: Int32) -> Bool { (fields(of: process)?.first ?? "Z") != "Z" }

  /// State, parent, and what follows the name in `stat`.
  private static func fields(of process: Int32) -> [String]? {
    guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
      let end = text.lastIndex(of: ")")
    else { return nil }
    return text[end...].dropFirst().split(separator: " ").map(String.init)
  }

  /// A line of `/proc/PID/status`.
  static func status(_ process: Int32, _ name: String) -> String? {
    let text = (try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix(name + ":") }
    return line?.split(separator: ":").last?.trimmingCharacters(in: .whitespaces)
  }
}
