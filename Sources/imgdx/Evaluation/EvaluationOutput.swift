private import Files
private import Foundation
private import Reports
internal import Training

/// The files that an evaluation leaves behind.
enum EvaluationOutput {
  /// The report as one JSON document.
  static func document(_ report: EvaluationReport) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(report), as: UTF8.self) + "\n"
  }

  /// `evaluation.json`, `evaluation.html`, `images.csv` and `confusion.csv`.
  static func write(_ report: EvaluationReport, _ images: [EvaluatedImage], to folder: String)
    throws
  {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let folder = folder.hasSuffix("/") ? folder : folder + "/"
    try AtomicFile.write(document(report), to: folder + "evaluation.json")
    try AtomicFile.write(
      EvaluationTables.images(images, labels: report.labels), to: folder + "images.csv")
    if !report.labels.isEmpty {
      try AtomicFile.write(EvaluationTables.confusion(report), to: folder + "confusion.csv")
    }
    try AtomicFile.write(EvaluationPage(report, images).html, to: folder + "evaluation.html")
  }
}
