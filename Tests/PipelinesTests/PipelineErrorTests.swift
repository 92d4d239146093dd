import Foundation
import Testing

@testable import Pipelines

/// What is wrong with a pipeline file is said with line, column, key and what would do.
@Suite struct PipelineErrorTests {
  /// "12:3: …" without the path.
  private func fault(_ text: String) throws -> String {
    do {
      _ = try read(text)
      return "accepted"
    } catch let error as PipelineError {
      guard case .fault(_, let line, let column, let reason) = error else { return "\(error)" }
      #expect(error.description.contains("/p.yml:\(line):\(column): "))
      return "\(line):\(column): \(reason)"
    }
  }

  @Test(arguments: [
    ("modle: a.onnx", "1:1: a pipeline has no key 'modle'; did you mean 'model'? there are schema"),
    (
      "limits:\n  time-out: 5",
      "2:3: 'limits' has no key 'time-out'; did you mean 'timeout'? there are pixels, bytes"
    ),
    ("limits: {max-pixels: 5}", "1:10: 'limits' has no key 'max-pixels'; did you mean 'pixels'?"),
    ("\njobs: 4", "2:1: a pipeline has no key 'jobs'; it belongs under 'limits'; there are"),
    ("limits: {model: a}", "1:10: 'limits' has no key 'model'; it belongs at the start of a line"),
    ("outputs: {zebra: true}", "1:11: 'outputs' has no key 'zebra'; there are mask, overlay"),
    ("<<: {}", "1:1: a pipeline has no key '<<'; there are"),
    ("[]: 1", "1:1: a key is one word, not a list or a section"),
  ])
  func unknownKeys(text: String, expected: String) throws {
    let fault = try fault(text)
    #expect(fault.hasPrefix(expected), "\(fault)")
  }

  @Test(arguments: [
    (
      "limits:\n  jobs: many",
      "2:9: 'limits.jobs' takes a whole number from 1 to 1024, or default; found 'many'"
    ),
    ("limits: {jobs: 0}", "1:16: 'limits.jobs' takes a whole number from 1 to 1024"),
    ("limits: {jobs: '3'}", "1:16: 'limits.jobs' takes a whole number from 1 to 1024"),
    ("limits: {jobs: 1:30}", "1:16: 'limits.jobs' takes a whole number from 1 to 1024"),
    ("limits: {jobs: 0x10}", "1:16: 'limits.jobs' takes"),
    ("limits: {jobs: 99999999999999999999}", "1:16: 'limits.jobs' takes"),
    (
      "limits: {pixels: 4294967297}",
      "1:18: 'limits.pixels' takes a whole number from 1 to 4294967296"
    ),
    (
      "limits: {timeout: 0}",
      "1:19: 'limits.timeout' takes a number of seconds above 0, up to 1000000"
    ),
    ("limits: {timeout: .inf}", "1:19: 'limits.timeout' takes"),
    ("limits: {timeout: nan}", "1:19: 'limits.timeout' takes"),
    ("limits: {grace: -1}", "1:17: 'limits.grace' takes a number of seconds from 0 to 1000000"),
    (
      "limits: {memory: 1M}",
      "1:18: 'limits.memory' takes bytes, or a size such as 800M or 4G, at least 256M"
    ),
    ("limits: {bytes: 9999999999T}", "1:17: 'limits.bytes' takes bytes, or a size"),
    (
      "limits: {jobs: [1]}",
      "1:16: 'limits.jobs' takes a whole number from 1 to 1024, or default; found a list"
    ),
    (
      "limits: {jobs: {a: 1}}",
      "1:16: 'limits.jobs' takes a whole number from 1 to 1024, or default; found a section"
    ),
    ("limits: {jobs: }", "1:16: 'limits.jobs' has no value: it takes a whole number"),
    ("limits: {jobs: null}", "1:16: 'limits.jobs' has no value"),
    ("limits: 5", "1:9: 'limits' holds lines of the form key: value; there are pixels"),
    ("limits: [jobs]", "1:9: 'limits' holds lines of the form key: value"),
    ("just words", "1:1: a pipeline holds lines of the form key: value; there are schema, model"),
    ("- model: a", "1:1: a pipeline holds lines of the form key: value"),
    ("outputs: {mask: 1}", "1:17: 'outputs.mask' takes true or false, or default; found '1'"),
    ("outputs: {mask: 'true'}", "1:17: 'outputs.mask' takes true or false"),
    (
      "outputs: {include_phi: true, pseudonymous: true}",
      "1:44: 'pseudonymous' results have no patient data, which 'include_phi' asks for"
    ),
    ("thresholds: {suspicion: 0}", "1:25: 'thresholds.suspicion' takes a number above 0, up to 1"),
    (
      "thresholds: {suspicion: 1.5}", "1:25: 'thresholds.suspicion' takes a number above 0, up to 1"
    ),
    ("thresholds: {mask: 1}", "1:20: 'thresholds.mask' takes a number from 0.01 to 0.99"),
    (
      "schema: imgdx.pipeline/2",
      "1:9: 'schema' is imgdx.pipeline/1; this version of imgdx reads no other"
    ),
    ("model: \"\"", "1:8: 'model' has no value: it takes the path of a model's file"),
    ("model: [a]", "1:8: 'model' takes the path of a model's file, or default; found a list"),
  ])
  func wrongValues(text: String, expected: String) throws {
    let fault = try fault(text)
    #expect(fault.hasPrefix(expected), "\(fault)")
  }

  @Test(arguments: [
    (
      "enhancement: median",
      "1:14: 'enhancement' takes a list of steps, [] for none, or default; found 'median'"
    ),
    (
      "enhancement:\n  - nlm\n  - medain:size=3",
      "3:5: no enhancement is called 'medain'; did you mean 'median'? there are"
    ),
    (
      "enhancement: [median:size=4000]",
      "1:15: 'enhancement': 'median:size=4000': size is a whole number from"
    ),
    (
      "enhancement: [median:sice=3]",
      "1:15: 'enhancement': 'median:sice=3': median has no parameter 'sice'"
    ),
    (
      "enhancement: [clahe: {clip: 3}]",
      "1:15: each entry of 'enhancement' is a step such as median:size=3; found a section"
    ),
    (
      "enhancement: [\(String(repeating: "nlm, ", count: 17))]",
      "1:14: 'enhancement' takes at most 16 steps"
    ),
  ])
  func wrongSteps(text: String, expected: String) throws {
    let fault = try fault(text)
    #expect(fault.hasPrefix(expected), "\(fault)")
  }

  @Test(arguments: [
    ("limits:\n  jobs: 1\n  grace: 5\n  jobs: 2", "2:3: the key 'jobs' stands here and once more"),
    ("jobs: 1\n\"jobs\": 2", "1:1: "),
    ("limits: {jobs: 1, 'jobs': 2}", ""),
  ])
  func keysThatStandTwice(text: String, expected: String) throws {
    let fault = try fault(text)
    #expect(fault.hasPrefix(expected) && fault != "accepted", "\(fault)")
  }

  @Test(arguments: [
    ("limits:\n\tjobs: 4", "2:1: this is not YAML: "),
    ("model: [a", "2:1: this is not YAML: "),
    ("model: a\n---\nmodel: b", "2:1: this is not YAML: "),
    ("model: \"a", "1:10: this is not YAML: "),
    ("model: a\u{1}b", "1:9: this is not YAML: "),
  ])
  func brokenText(text: String, expected: String) throws {
    let fault = try fault(text)
    #expect(fault.hasPrefix(expected), "\(fault)")
  }

  @Test(arguments: [
    ("model: &a x", 1, 8), ("model: *a", 1, 8), ("model: !!str x", 1, 8), ("{a:&b x}", 1, 4),
    ("[\"x #\", &a y]", 1, 9), ("[ \"abc\n# \", &a b ]", 2, 6), ("? &a [x]\n: y", 1, 3),
    ("# a\u{2028}&a b: c", 2, 1),
  ])
  func anchorsAliasesAndTagsAreRefusedBeforeTheyAreFollowed(text: String, line: Int, column: Int)
    throws
  {
    let fault = try fault(text)
    #expect(fault.hasPrefix("\(line):\(column): '") && fault.contains("anchor"), "\(fault)")
  }

  /// A file of a few lines whose aliases stand for 10^18 values, as keys, which are compared.
  @Test func aBombDoesNotGoOff() throws {
    var text = "a0: &a0 [x]\n"
    for index in 1...18 {
      let last = [String](repeating: "*a\(index - 1)", count: 10).joined(separator: ", ")
      text += "a\(index): &a\(index) [\(last)]\n"
    }
    #expect(try fault(text + "? *a18\n: 1\n").contains("anchor"))
  }

  @Test func ampersandsAndStarsInWordsAndCommentsAreNothing() throws {
    #expect(
      try read("# *important* & see &here\nmodel: /a/R&D*2!.onnx # *x\n").model == "/a/R&D*2!.onnx")
  }

  @Test func hugeAndForeignFilesAreRefused() throws {
    let huge = String(repeating: "# comment\n", count: 7000)
    #expect(try fault(huge).contains("more than the limit of 65536 bytes"))
    #expect(throws: PipelineError.self) { try read([0xFF, 0xFE, 0x61, 0x00]) }
    let deep = String(repeating: "[", count: 60_000)
    #expect(try fault(deep).contains("this is not YAML"))
    let compact = String(repeating: "- ", count: 30_000)
    #expect(try fault(compact).contains("this is not YAML"))
    let keys = String(repeating: "? ", count: 30_000)
    #expect(try fault(keys).contains("this is not YAML"))
  }

  /// Whatever a slip of the hand, or of a disk, makes of a file: an answer, never a crash.
  @Test func damagedFilesNeverCrash() throws {
    let whole = Array(Pipeline.defaultText.utf8)
    let alphabet = Array("&*!{}[]:-?#'\"|>%@`, \n\t\u{85}0a~".utf8)
    var random = Linear(state: 7)
    var refused = 0
    for _ in 0..<400 {
      var bytes = whole
      for _ in 0...random.next(below: 4) {
        let position = random.next(below: bytes.count)
        switch random.next(below: 3) {
        case 0: bytes[position] = alphabet[random.next(below: alphabet.count)]
        case 1: bytes.insert(alphabet[random.next(below: alphabet.count)], at: position)
        default: bytes.removeSubrange(position..<min(position + random.next(below: 9), bytes.count))
        }
      }
      do { _ = try read(bytes) } catch is PipelineError { refused += 1 }
    }
    #expect(refused > 40)
  }
}

/// The same numbers on every machine (Knuth's MMIX constants).
private struct Linear {
  var state: UInt64

  mutating func next(below limit: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int(state >> 33) % limit
  }
}
