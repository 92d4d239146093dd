import ArgumentParser
private import Batching
internal import Files
private import Foundation
private import Imaging
private import Intake
private import Screening
private import Tensors

/// `imgdx doctor`: what this installation consists of and whether it can work.
struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Shows versions, libraries, threads and limits, and whether a model works.",
    discussion: """
      Put its output into every question about a result that surprises you. Exits with 1 when no
      model can be used.
      """)

  @OptionGroup var model: ModelOption

  @Flag(help: "One JSON document.")
  var json = false

  func run() throws {
    let trial = Self.tryModel { try model.path() }
    let facts = Self.program + Self.machine + Self.libraries + Self.limits + trial.facts
    if json {
      var members: [JSONValue.Member] = [.init("schema", .string("imgdx.doctor/1"))]
      members += facts.map { .init($0.name.replacing(" ", with: "_"), .string($0.value)) }
      try StandardOutput.writeLine(JSONValue.object(members).text(isIndented: true))
    } else {
      let width = facts.map(\.name.count).max() ?? 0
      for fact in facts {
        let padding = String(repeating: " ", count: width - fact.name.count)
        try StandardOutput.writeLine("\(fact.name)\(padding)  \(fact.value)")
      }
    }
    if let problem = trial.problem {
      Terminal.say("imgdx: \(problem)")
      throw Ending.couldNotRun
    }
  }

  struct Fact {
    let name: String
    let value: String
  }

  private static var program: [Fact] {
    [
      Fact(name: "imgdx", value: programVersion),
      Fact(name: "program", value: ModelLocation.executablePath),
    ]
  }

  private static var machine: [Fact] {
    let info = ProcessInfo.processInfo
    let cores = Machine.processors
    let blas = BLAS.facts
    let threads = Terminal.environment("IMGDX_THREADS") ?? "not set, \(cores) are used"
    return [
      Fact(name: "system", value: info.operatingSystemVersionString),
      Fact(name: "processor", value: "\(processorName), \(cores) may be used"),
      Fact(name: "memory", value: "\(Machine.memory >> 20) MiB"),
      Fact(name: "isolation", value: Isolation.state),
      Fact(name: "IMGDX_THREADS", value: threads),
      Fact(name: "BLAS core", value: blas.coreName),
      Fact(
        name: "BLAS",
        value: blas.configuration
          + (blas.usesOpenMP ? " (an OpenMP build; libopenblas0-pthread is faster here)" : "")),
    ]
  }

  private static var processorName: String {
    let lines = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8))?.split(
      separator: "\n")
    let name = lines?.first { $0.hasPrefix("model name") }?.split(separator: ":").last
    return name.map { $0.trimmingCharacters(in: .whitespaces) } ?? "unknown"
  }

  /// The shared libraries in use; their files' names carry their versions.
  private static var libraries: [Fact] {
    let wanted = [
      "libpng", "libjpeg", "libopenjp2", "libdcmdata", "libopenblas", "libcrypto", "libsqlite3",
    ]
    // Read to the end by hand: a file of /proc gives a page at a time.
    let bytes = try? FileHandle(forReadingAtPath: "/proc/self/maps")?.readToEnd()
    let maps = String(decoding: bytes ?? Data(), as: UTF8.self)
    let paths = Set(
      maps.split(separator: "\n").compactMap { line in
        line.firstIndex(of: "/").map { String(line[$0...]) }
      })
    return wanted.compactMap { name in
      paths.filter { ($0 as NSString).lastPathComponent.hasPrefix(name) }.min()
        .map { Fact(name: name, value: $0) }
    }
  }

  private static var limits: [Fact] {
    let limits = Limits()
    return [
      Fact(
        name: "limits",
        value: "\(limits.maximumPixels) pixels a frame, \(limits.maximumBytes) bytes a file, "
          + "\(limits.maximumFrames) frames")
    ]
  }

  /// Loads the model and asks it about a blank image.
  private static func tryModel(_ path: () throws -> String) -> (facts: [Fact], problem: String?) {
    do {
      let path = try path()
      let model = try ScreeningModel.load(path: path)
      let input = model.metadata.input
      let ramp = Image(
        width: input.width, height: input.height,
        pixels: .uint8((0..<input.width * input.height).map { UInt8(truncatingIfNeeded: $0) }))
      let findings = try Screener(model: model).screen(ramp)
      let time = Int(findings.timings.network * 1000)
      let facts = [
        Fact(name: "model", value: path), Fact(name: "model name", value: model.identity.name),
        Fact(name: "model SHA-256", value: model.identity.sha256),
        Fact(name: "model works", value: "yes, \(time) ms for a first image on one thread"),
      ]
      return (facts, nil)
    } catch {
      return ([Fact(name: "model works", value: "no")], String(describing: error))
    }
  }
}
