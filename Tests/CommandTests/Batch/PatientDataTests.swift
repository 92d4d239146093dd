import DICOM
import Files
import Foundation
import Imaging
import Testing

/// A study full of planted identifiers: none of them reaches anything that a batch writes.
@Suite struct PatientDataTests {
  private static let planted = [
    "Planted", "PLANTED-0815", "19010203", "1901-02-03", "Plantedstudy", "Plantedseries",
  ]

  private func study(_ bench: BatchBench) throws {
    var description = ObjectDescription(.ultrasound, seed: "planted")
    description.patientName = "Planted^Patient"
    description.patientID = "PLANTED-0815"
    description.patientBirthDate = "19010203"
    description.studyDate = "19010203"
    description.studyDescription = "Plantedstudy"
    description.seriesDescription = "Plantedseries"
    let samples = (0..<3600).map { UInt8(truncatingIfNeeded: $0 * $0) }
    let frames = [Image](repeating: Image(width: 60, height: 60, pixels: .uint8(samples)), count: 2)
    let bytes = try DICOMWriter.encode(frames, description)
    try AtomicFile.write(bytes, to: bench.input + "/loop.dcm")
    try AtomicFile.write(Array(bytes.dropLast(5000)), to: bench.input + "/cut.dcm")
    try AtomicFile.write(Array(bytes.prefix(400)), to: bench.input + "/stump.dcm")
  }

  /// Planted texts in any file of the output folder, the ledger too, and in what was said.
  private func found(_ bench: BatchBench, _ said: String) throws -> [String] {
    var found: [String] = []
    var texts = ["standard error": Data(said.utf8)]
    for file in try FileManager.default.subpathsOfDirectory(atPath: bench.folder + "/out") {
      texts[file] = try? Data(contentsOf: URL(fileURLWithPath: "\(bench.folder)/out/\(file)"))
    }
    for (file, data) in texts {
      for word in Self.planted where data.range(of: Data(word.utf8)) != nil {
        found.append("\(word) in \(file)")
      }
    }
    return found
  }

  @Test(arguments: [["--log-format", "text"], ["--log-format", "json"]])
  func nothingIsWrittenUnlessAsked(format: [String]) throws {
    let bench = try BatchBench(images: 1)
    try study(bench)
    let result = try bench.run("out", format)
    #expect(result.status == 3 && bench.exists("out/loop.frame-0002.json"), "\(result.errors)")
    #expect(try found(bench, result.errors + result.output) == [])
    // Asked for, it stands in results, and still not in what is said.
    let asked = try bench.run("out", format + ["--include-phi"])
    #expect(try bench.text("out/loop.frame-0001.json").contains("Planted^Patient"))
    #expect(!Self.planted.contains { (asked.errors + asked.output).contains($0) })
  }
}
