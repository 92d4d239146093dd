import Files
import Foundation
import Imaging
import Screening

@testable import Reports

/// A made-up run with every kind of case, for tests of the outputs.
struct SampleRun {
  var run: RunRecord
  var cases: [CaseRecord]

  var failed: [CaseRecord] { cases.filter { $0.failure != nil } }

  private func texts(_ part: (RunEntry) -> String?) -> TextSource {
    let texts = cases.compactMap {
      part(RunEntry($0, labels: run.labels, includesPHI: run.includesPHI))
    }
    return { body in for text in texts { try body(text) } }
  }

  private func text(_ body: (@escaping (String) throws -> Void) throws -> Void) rethrows -> String {
    var text = ""
    try withoutActuallyEscaping({ text += $0 } as (String) throws -> Void) { try body($0) }
    return text
  }

  /// `report.html`.
  func page() throws -> String {
    let (screened, failed) = (
      texts { $0.failure == nil ? $0.card : nil }, texts { $0.failure == nil ? nil : $0.card }
    )
    return try text { try ReportPage.write(run, screened: screened, failed: failed, to: $0) }
  }

  /// `run.json`.
  func document() throws -> String {
    let (screened, failed) = (
      texts { $0.failure == nil ? $0.summary : nil },
      texts { $0.failure == nil ? nil : $0.summary }
    )
    return try text { try RunDocument.write(run, screened: screened, failed: failed, to: $0) }
  }

  /// `summary.csv`.
  func table() throws -> String {
    let rows = texts(\.row)
    return try text { sink in
      try sink(SummaryTable.header(labels: run.labels, includesPHI: run.includesPHI))
      try rows(sink)
    }
  }

  /// A file name that tries to break out of the page.
  static let hostileName = "</script><img src=x onerror=alert(1)> & \"it's\".png"

  static func record(cases count: Int = 12) throws -> SampleRun {
    var cases = try (0..<count).map { try screened($0) }
    cases.insert(
      CaseRecord(
        source: CaseSource(name: "damaged", file: "study/damaged.png"),
        outcome: .failed("the PNG data ends early: the file is truncated")), at: count / 2)
    var run = RunRecord(
      program: "imgdx 0.0.0", model: ModelIdentity(name: "breast-ultrasound", sha256: "00ff"),
      labels: ["normal", "benign", "malignant"], suspiciousLabels: ["malignant"],
      modelSummary: "Made up.", inputs: ["study"], started: "2026-01-02T03:04:05Z",
      finished: "2026-01-02T03:05:05Z", elapsed: 60, wasInterrupted: false, includesPHI: false)
    (run.counts.images, run.counts.failed) = (cases.count, 1)
    return SampleRun(run: run, cases: cases)
  }

  private static func screened(_ index: Int) throws -> CaseRecord {
    let name = index == 3 ? hostileName : "study/patient-\(index)/scan-\(index).png"
    var source = CaseSource(name: "scan-\(index)", file: name)
    (source.width, source.height, source.bits, source.frames) = (320, 240, 8, 1)
    (source.format, source.modality) = ("DICOM", "US")
    source.identifiers.patientName = "Doe^Jane"
    source.spacing = index % 2 == 0 ? PixelSpacing(row: 0.2, column: 0.2) : nil
    let label = index % 3
    let (image, mask) = picture(index, hasLesion: label != 0, spacing: source.spacing)
    let thumbnail = try Thumbnail(of: image, mask: mask, side: 256)
    return CaseRecord(
      source: source, outcome: .screened(findings(label, image, mask, index), thumbnail))
  }

  private static func findings(_ label: Int, _ image: Image, _ mask: Mask, _ index: Int) -> Findings
  {
    var probabilities: [Float] = [0.08, 0.08, 0.08]
    probabilities[label] = 0.84
    let lesions = mask.components().map { component in
      Lesion(
        measuring: component, width: image.width, height: image.height,
        intensities: image.modalityValues(),
        probabilities: [Float](repeating: 0.9, count: image.width * image.height),
        spacing: image.attributes.pixelSpacing)
    }
    let labels = ["normal", "benign", "malignant"]
    return Findings(
      model: ModelIdentity(name: "breast-ultrasound", sha256: "00ff"),
      probabilities: zip(labels, probabilities).map(ClassProbability.init),
      decision: Decision(
        label: labels[label], probability: 0.84, suspicion: probabilities[2], threshold: 0.5,
        isSuspicious: label == 2),
      lesions: lesions, mask: mask, segments: true, maskThreshold: 0.5, enhancement: [],
      warnings: index == 2 ? ["a lesion reaches the image's edge"] : [],
      timings: ScreeningTimings())
  }

  /// Layers, speckle and, if wanted, a dark ellipse with its mask.
  static func picture(_ seed: Int, hasLesion: Bool, spacing: PixelSpacing? = nil) -> (Image, Mask) {
    let (width, height) = (320, 240)
    var state = UInt64(seed + 1)
    var mask = Mask(width: width, height: height)
    var samples = [UInt8](repeating: 0, count: width * height)
    for y in 0..<height {
      for x in 0..<width {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let noise = Double(state >> 40) / Double(1 << 24)
        let layer = 90 + 50 * sin(Double(y) / 17 + Double(seed)) - Double(y) / 4
        let (dx, dy) = (
          Double(x - 160 - seed * 3) / 62, Double(y - 110) / (34 + 4 * Double(seed % 5))
        )
        let isInside = hasLesion && dx * dx + dy * dy + 0.12 * sin(9 * atan2(dy, dx)) < 1
        if isInside { mask.pixels[y * width + x] = 1 }
        samples[y * width + x] = UInt8(max(min((isInside ? 26 : layer) * (0.5 + noise), 255), 0))
      }
    }
    var attributes = ImageAttributes()
    attributes.pixelSpacing = spacing
    return (
      Image(width: width, height: height, pixels: .uint8(samples), attributes: attributes), mask
    )
  }
}
