import Files
import Foundation
import Testing

@testable import Reports

/// JSON and CSV for programs: stable keys, no patient, no formula.
@Suite struct DocumentTests {
  @Test func caseDocumentHasTheContractsKeys() throws {
    let record = try SampleRun.record().cases[2]
    let document = CaseDocument.json(record, program: "imgdx 0", includesPHI: false)
    let text = document.text(isIndented: true)
    let parsed = try #require(
      JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    for key in [
      "schema", "notice", "file", "sha256", "image", "enhancement", "model", "probabilities",
      "label", "decision", "lesions", "timings_seconds", "warnings",
    ] { #expect(parsed.keys.contains(key), "\(key)") }
    let lesion = try #require((parsed["lesions"] as? [[String: Any]])?.first)
    for key in [
      "area_pixels", "longest_diameter_pixels", "shortest_diameter_pixels", "area_mm2",
      "longest_diameter_mm", "shortest_diameter_mm", "centroid", "box", "mean_intensity",
      "probability",
    ] { #expect(lesion.keys.contains(key), "\(key)") }
    #expect(!text.contains("Doe"))
  }

  @Test func patientIsWrittenOnlyWhenAsked() throws {
    let record = try SampleRun.record().cases[2]
    let document = CaseDocument.json(record, program: "imgdx 0", includesPHI: true)
    #expect(document.text().contains("Doe^Jane"))
  }

  @Test func failuresTellTheirReason() throws {
    let run = try SampleRun.record()
    let failed = try #require(run.failed.first)
    #expect(
      CaseDocument.json(failed, program: "", includesPHI: false).text()
        .contains("\"error\":\"the PNG data ends early"))
    #expect(try run.table().contains("damaged,study/damaged.png,failed"))
    #expect(try run.document().contains("\"failed\": 1"))
    let row = RunEntry(failed, labels: [], includesPHI: false).failureRow
    #expect(row == "damaged,study/damaged.png,,the PNG data ends early: the file is truncated\r\n")
  }

  @Test func everyRowHasEveryColumn() throws {
    var run = try SampleRun.record()
    run.cases.removeAll { $0.source.file == SampleRun.hostileName }
    for includesPHI in [false, true] {
      run.run.includesPHI = includesPHI
      let lines = try run.table().components(separatedBy: "\r\n").dropLast()
      #expect(lines.count == run.cases.count + 1)
      #expect(Set(lines.map { $0.filter { $0 == "," }.count }).count == 1)
    }
  }

  @Test(arguments: [
    ("=1+1", "'=1+1"), ("@cmd", "'@cmd"), ("-x", "'-x"), ("-1.5", "-1.5"), ("+x,y", "\"'+x,y\""),
    ("a\"b", "\"a\"\"b\""), ("plain", "plain"), ("two\nlines", "\"two\nlines\""),
  ])
  func fieldsAreSafeForSpreadsheets(text: String, field: String) {
    #expect(SummaryTable.field(text) == field)
  }

  @Test func everyFieldIsDocumented() throws {
    let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Documentation/outputs.md")
    let text = try String(contentsOf: page, encoding: .utf8)
    let run = try SampleRun.record()
    let documents = run.cases.map { CaseDocument.json($0, program: "", includesPHI: true) }
    let whole = try JSONSerialization.jsonObject(with: Data(try run.document().utf8))
    let names = Set(documents.flatMap(Self.keys) + Self.keys(whole)).subtracting(run.run.labels)
    #expect(names.count > 40)
    for name in names { #expect(text.contains("`\(name)`"), "\(name)") }
  }

  private static func keys(_ value: Any) -> [String] {
    switch value {
    case let object as [String: Any]: object.flatMap { [$0.key] + keys($0.value) }
    case let array as [Any]: array.flatMap(keys)
    default: []
    }
  }

  private static func keys(_ value: JSONValue) -> [String] {
    switch value {
    case .object(let members): members.flatMap { [$0.key] + keys($0.value) }
    case .array(let values): values.flatMap(keys)
    default: []
    }
  }
}
