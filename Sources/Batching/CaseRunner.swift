package import BatchLedger
private import Codecs
package import Files
private import Foundation
private import Imaging
package import Intake
package import Reports
package import Screening

/// What happens while a case is worked on, in this order.
package enum CaseEvent: Sendable {
  /// The input was read, but not looked into yet; nil where it could not be read.
  case opened(Digest?)
  /// The pixels of an image are decoded: whatever goes wrong from here on, no decoder did it.
  case decoded
  /// One image is finished, and its files are on disk.
  case finished(CaseRecord, [OutputFile])
}

/// Works through one input at a time: one case in, its records out, its files on disk by then.
///
/// A bad file, or a bad frame, is a failed record. Errors are thrown only where going on makes no
/// sense. Each worker holds its own.
package final class CaseRunner {
  package typealias Report = (CaseEvent) throws(BatchError) -> Void
  private let screener: Screener
  private let outputs: CaseOutputs
  private let limits: Limits
  private let shouldStop: () -> Bool
  /// A file's later frames were left out because the user wanted to stop.
  package private(set) var wasCutShort = false

  package init(
    screener: Screener, outputs: CaseOutputs, limits: Limits, shouldStop: @escaping () -> Bool
  ) {
    self.screener = screener
    self.outputs = outputs
    self.limits = limits
    self.shouldStop = shouldStop
  }

  /// Reads the input and works on it: a record for each frame of the file, or one that says why there
  /// is none. Fewer than the frames when the user wants to stop.
  package func run(_ work: CaseWork, report: Report) throws(BatchError) {
    try run(work, contents(of: work), report: report)
  }

  /// The input's bytes, or why there are none.
  package func contents(of work: CaseWork) -> Result<FileBytes, CaseRefusal> {
    if let refusal = work.refusal { return .failure(CaseRefusal(reason: refusal)) }
    do throws(IntakeError) {
      return .success(try ImageFile.contents(of: work.path, limits: limits))
    } catch {
      return .failure(CaseRefusal(reason: error.reason))
    }
  }

  /// The same on contents that were read already.
  /// - Parameter digest: of the contents, where it is known.
  package func run(
    _ work: CaseWork, _ contents: Result<FileBytes, CaseRefusal>, digest known: Digest? = nil,
    report: Report
  ) throws(BatchError) {
    var source = CaseSource(name: work.name, file: work.shownPath)
    let bytes: FileBytes
    switch contents {
    case .failure(let refusal):
      try report(.opened(nil))
      return try fail(source, refusal.reason, report)
    case .success(let contents): bytes = contents
    }
    let digest = known ?? Digest(of: bytes)
    source.sha256 = digest.description
    try report(.opened(digest))
    let file: ImageFile
    do {
      file = try ImageFile(bytes, digest: digest, path: work.shownPath, limits: limits)
    } catch {
      return try fail(source, error.reason, report)
    }
    source.describe(file)
    try runFrames(of: file, source, report)
  }

  private func runFrames(of file: ImageFile, _ source: CaseSource, _ report: Report)
    throws(BatchError)
  {
    var unreadable = 0
    for index in 0..<file.facts.frames {
      if index > 0 && shouldStop() {
        wasCutShort = true
        break
      }
      var frame = source
      if file.facts.frames > 1 {
        frame.frame = index + 1
        frame.name = OutputNames.frame(index + 1, of: source.name)
      }
      if unreadable == Self.unreadableLimit {
        let rest = file.facts.frames - index
        return try fail(
          frame,
          "the \(unreadable) frames before it cannot be read, so neither it nor the "
            + "\(rest - 1) after it were tried", report)
      }
      let isRead = try runFrame(index, of: file, frame, report)
      unreadable = isRead ? 0 : unreadable + 1
    }
  }

  /// A header may claim a hundred thousand frames that are not there: after this many in a row that
  /// cannot be read, one record stands for the rest.
  private static let unreadableLimit = 16

  /// - Returns: true when the frame was screened.
  private func runFrame(_ index: Int, of file: ImageFile, _ source: CaseSource, _ report: Report)
    throws(BatchError) -> Bool
  {
    var source = source
    let start = ContinuousClock.now
    let image: Image
    do {
      image = try file.frame(index)
    } catch {
      try fail(source, error.reason, report)
      return false
    }
    source.decoding += (ContinuousClock.now - start) / .seconds(1)
    source.describe(image)
    try report(.decoded)
    let findings: Findings
    do {
      findings = try screener.screen(image)
    } catch {
      switch error {
      // These are about this image; the others would happen again with the next.
      case .enhancement, .notANumber, .blankImage:
        try fail(source, error.description, report)
        return false
      default: throw .screening(error)
      }
    }
    return try finish(source, image, findings, report)
  }

  private func finish(
    _ source: CaseSource, _ image: Image, _ findings: Findings, _ report: Report
  ) throws(BatchError) -> Bool {
    var record = CaseRecord(source: source, outcome: .screened(findings, nil))
    let files: [OutputFile]
    do {
      var thumbnail: Thumbnail?
      if outputs.thumbnailSide > 0 {
        thumbnail = try Thumbnail(of: image, mask: findings.mask, side: outputs.thumbnailSide)
      }
      files = try CaseWriter(outputs).write(record, image: image, mask: findings.mask)
      // Masks of thousands of cases would fill the memory; this one is on disk.
      var light = findings
      light.mask = nil
      record.outcome = .screened(light, thumbnail)
    } catch let error as FileError {
      guard case .cannotPlace = error else { throw .cannotWrite(error) }
      try fail(source, Self.misplaced(error), report)
      return false
    } catch {
      try fail(source, String(describing: error), report)
      return false
    }
    try report(.finished(record, files))
    return true
  }

  /// The path of the results is at fault, which is this case's: the others go on.
  static func misplaced(_ error: FileError) -> String {
    guard case .cannotPlace(_, let reason) = error else { return "\(error)" }
    return "its results cannot be written: \(reason)"
  }

  private func fail(_ source: CaseSource, _ reason: String, _ report: Report) throws(BatchError) {
    let record = CaseRecord(source: source, outcome: .failed(reason))
    let files: [OutputFile]
    do {
      files = try CaseWriter(outputs).write(failed: record)
    } catch {
      guard case .cannotPlace = error else { throw .cannotWrite(error) }
      return try report(.finished(record, []))
    }
    try report(.finished(record, files))
  }
}

/// Why an input has no bytes.
package struct CaseRefusal: Error, Equatable {
  /// One sentence, without the path.
  package var reason: String
}

extension CaseSource {
  fileprivate mutating func describe(_ file: ImageFile) {
    let facts = file.facts
    (format, transferSyntax, modality) = (facts.format, facts.transferSyntax, facts.modality)
    (width, height, channels, bits) = (facts.width, facts.height, facts.channels, facts.bits)
    (frames, spacing) = (facts.frames, facts.pixelSpacing)
  }

  /// The decoded frame knows better than the header: orientation is applied, spacing resolved.
  fileprivate mutating func describe(_ image: Image) {
    (width, height, channels) = (image.width, image.height, image.channels)
    bits = image.bitsStored
    spacing = image.attributes.pixelSpacing
    identifiers = image.attributes.identifiers
  }
}
