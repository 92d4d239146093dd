private import Foundation
internal import Intake

/// How long image files take from the disk's cache to decoded samples in memory, all frames, inside a
/// running process: without the program's start, and without the hash that a batch takes as well.
struct ReadingBenchmark {
  let runs: Int
  let limits: Limits

  /// The document of `--json`.
  struct Document: Encodable {
    let schema = "imgdx-reading-1"
    let files: [Result]
  }

  /// One file's line in the document.
  struct Result: Encodable {
    let file: String
    let median_ms: Double
    let best_ms: Double
    let frames: Int
    let width: Int
    let height: Int
    let runs: Int

    var line: String {
      let measured = String(format: "%9.3f ms (best %.3f)", median_ms, best_ms)
      return "\(measured)  \(width) x \(height), \(frames) frame\(frames == 1 ? "" : "s")  \(file)"
    }
  }

  /// - Throws: `IntakeError` where the file cannot be read.
  func time(_ path: String) throws -> Result {
    var frames = 0
    var size = (width: 0, height: 0)
    var times: [Double] = []
    // The first is not counted: it meets cold caches and libraries that are not set up.
    for run in 0...runs {
      let start = ContinuousClock.now
      let file = try ImageFile(path: path, limits: limits)
      frames = file.facts.frames
      for index in 0..<frames {
        let frame = try file.storedFrame(index)
        size = (frame.width, frame.height)
      }
      if run > 0 { times.append((ContinuousClock.now - start) / .milliseconds(1)) }
    }
    times.sort()
    return Result(
      file: path, median_ms: times[times.count / 2], best_ms: times[0], frames: frames,
      width: size.width, height: size.height, runs: runs)
  }
}
