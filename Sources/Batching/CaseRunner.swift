private import Codecs
private import Files
private import Foundation
private import Imaging
package import Intake
package import Reports
package import Screening

/// One input of a run.
package struct CaseWork: Sendable, Equatable {
  /// The file to read, as reports name it; "-" is standard input.
  package var path: String
  /// Path of its outputs in the output folder, without endings.
  package var name: String
  /// Why it cannot even be opened, where the walk over its folder found that out.
  package var refusal: String?

  package init(path: String, name: String, refusal: String? = nil) {
    self.path = path
    self.name = name
    self.refusal = refusal
  }
}

/// What a run writes, and where.
package struct CaseOutputs: Sendable, Equatable {
  /// Nil: nothing is written.
  package var folder: String?
  /// Masks and overlays beside the JSON documents.
  package var includesPictures: Bool
  /// Longest side of the report's thumbnails in pixels; 0: none are made.
  package var thumbnailSide: Int
  package var includesPHI: Bool
  /// Name and version of the program.
  package var program: String

  package init(
    folder: String?, includesPictures: Bool, thumbnailSide: Int, includesPHI: Bool, program: String
  ) {
    self.folder = folder
    self.includesPictures = includesPictures
    self.thumbnailSide = thumbnailSide
    self.includesPHI = includesPHI
    self.program = program
  }
}

/// Works through one input at a time: one case in, its records out, its files on disk by then.
///
/// A bad file, or a bad frame, is a failed record. Errors are thrown only where going on makes no
/// sense. Each worker holds its own.
package final class CaseRunner {
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

  /// A record for each frame of the file, or one that says why there is none. Fewer than the frames
  /// when the user wants to stop.
  package func run(_ work: CaseWork) throws(BatchError) -> [CaseRecord] {
    var source = CaseSource(name: work.name, file: work.path)
    if let refusal = work.refusal { return [try fail(source, refusal)] }
    let file: ImageFile
    do {
      file = try ImageFile(path: work.path, limits: limits)
    } catch {
      return [try fail(source, error.reason)]
    }
    source.describe(file)
    var records: [CaseRecord] = []
    var unreadable = 0
    for index in 0..<file.facts.frames {
      if index > 0 && shouldStop() {
        wasCutShort = true
        break
      }
      var frame = source
      if file.facts.frames > 1 {
        frame.frame = index + 1
        frame.name = OutputNames.frame(index + 1, of: work.name)
      }
      if unreadable == Self.unreadableLimit {
        let rest = file.facts.frames - index
        records.append(
          try fail(
            frame,
            "the \(unreadable) frames before it cannot be read, so neither it nor the "
              + "\(rest - 1) after it were tried"))
        break
      }
      let record = try runFrame(index, of: file, frame)
      if case .failed = record.outcome { unreadable += 1 } else { unreadable = 0 }
      records.append(record)
    }
    return records
  }

  /// A header may claim a hundred thousand frames that are not there: after this many in a row that
  /// cannot be read, one record stands for the rest.
  private static let unreadableLimit = 16

  private func runFrame(_ index: Int, of file: ImageFile, _ source: CaseSource)
    throws(BatchError) -> CaseRecord
  {
    var source = source
    let start = ContinuousClock.now
    let image: Image
    do {
      image = try file.frame(index)
    } catch {
      return try fail(source, error.reason)
    }
    source.decoding += (ContinuousClock.now - start) / .seconds(1)
    source.describe(image)
    let findings: Findings
    do {
      findings = try screener.screen(image)
    } catch {
      switch error {
      // These are about this image; the others would happen again with the next.
      case .enhancement, .notANumber, .blankImage: return try fail(source, error.description)
      default: throw .screening(error)
      }
    }
    return try finish(source, image, findings)
  }

  private func finish(_ source: CaseSource, _ image: Image, _ findings: Findings)
    throws(BatchError) -> CaseRecord
  {
    do {
      var thumbnail: Thumbnail?
      if outputs.thumbnailSide > 0 {
        thumbnail = try Thumbnail(of: image, mask: findings.mask, side: outputs.thumbnailSide)
      }
      var record = CaseRecord(source: source, outcome: .screened(findings, thumbnail))
      try CaseWriter(outputs).write(record, image: image, mask: findings.mask)
      // Masks of thousands of cases would fill the memory; this one is on disk.
      var light = findings
      light.mask = nil
      record.outcome = .screened(light, thumbnail)
      return record
    } catch let error as FileError {
      throw .cannotWrite(error)
    } catch {
      return try fail(source, String(describing: error))
    }
  }

  private func fail(_ source: CaseSource, _ reason: String) throws(BatchError) -> CaseRecord {
    let record = CaseRecord(source: source, outcome: .failed(reason))
    do {
      try CaseWriter(outputs).write(failed: record)
    } catch {
      throw .cannotWrite(error)
    }
    return record
  }
}

extension CaseSource {
  fileprivate mutating func describe(_ file: ImageFile) {
    let facts = file.facts
    sha256 = file.digest.description
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
