import Foundation
import Testing

@testable import Training

struct ManifestTests {
  private func manifest(_ text: String) throws -> Manifest {
    try Manifest(parsing: Array(text.utf8), path: "data/set.csv")
  }

  private func message(_ text: String) -> String {
    do {
      _ = try manifest(text)
      return "no error"
    } catch { return "\(error)" }
  }

  @Test func readsLabelsMasksPatientsAndWeights() throws {
    let manifest = try manifest(
      #"""
      image,label,mask,patient_id,split,weight,device
      a.png,invasive ductal carcinoma,m/a.png,p1,train,2,X 1
      /abs/b.png,benign,,p2,test,,"a, ""b"""
      """#)
    #expect(manifest.labels == ["benign", "invasive ductal carcinoma"])
    let first = manifest.items[0]
    #expect(first.image == "data/a.png" && first.mask == "data/m/a.png" && first.name == "a.png")
    #expect(first.targets == [false, true] && first.classIndex == 1)
    #expect(first.patientID == "p1" && first.split == .train && first.weight == 2)
    #expect(first.others == ["device": "X 1"] && first.line == 2)
    let second = manifest.items[1]
    #expect(second.image == "/abs/b.png" && second.mask == nil && second.weight == 1)
    #expect(second.others == ["device": "a, \"b\""])
  }

  @Test func readsByteOrderMarkCarriageReturnsAndQuotedLineBreaks() throws {
    let manifest = try manifest(
      "\u{FEFF}image,label,note\r\na.png,x,\"two\r\nlines\"\r\n\r\nb.png,y,\r\n")
    #expect(manifest.items.map(\.name) == ["a.png", "b.png"])
    #expect(manifest.items[0].others["note"] == "two\r\nlines")
    #expect(manifest.items.map(\.line) == [2, 5])
  }

  @Test func readsOneColumnALabel() throws {
    let manifest = try manifest(
      "image,mass,age,calcification\na.png,1,51,0\nb.png,1,62,1\nc.png,0,40,\n")
    #expect(manifest.labels == ["mass", "calcification"])
    #expect(manifest.items[0].classIndex == 0)
    #expect(manifest.items[1].targets == [true, true] && manifest.items[1].classIndex == nil)
    #expect(manifest.items[2].targets == [false, nil])
    #expect(manifest.items[0].others["age"] == "51")
  }

  @Test func errorsNameLineAndColumn() {
    #expect(message("image,label\n").contains("needs a header and at least one row"))
    #expect(message("file,label\na,b\n").contains("set.csv, line 1: the header has no column"))
    #expect(message("image;label\na;b\n").contains("separate the columns by commas"))
    #expect(message("image,label\na.png\n").contains("line 2: it has 1 fields, the header has 2"))
    #expect(message("image,label\n ,b\n").contains("line 2, column 'image'"))
    #expect(message("image,weight\na,-1\n").contains("line 2, column 'weight': '-1'"))
    #expect(message("image,weight\na,nan\n").contains("column 'weight'"))
    #expect(message("image,split\na,left\n").contains("line 2, column 'split': 'left'"))
    #expect(message("image,split\na,train\nb,\n").contains("line 3, column 'split': it is empty"))
    #expect(message("image,label,label\na,b,c\n").contains("two columns have this name"))
    #expect(message("image,label\n\"a,b\nc,d\n").contains("line 2: a quote that opens here"))
    #expect(message("image,label\n\"a\"x,b\n").contains("line 2: a comma must follow"))
    #expect(message("").contains("needs a header"))
  }

  @Test func foreignTextIsRefused() {
    #expect(throws: TrainingError.self) {
      try Manifest(parsing: [0xFF, 0xFE, 0x69, 0x00], path: "x.csv")
    }
    #expect(throws: TrainingError.self) {
      try Manifest(parsing: Array("image\n".utf8) + [0xE9, 0x0A], path: "x.csv")
    }
    #expect(throws: TrainingError.self) { try Manifest(contentsOf: "/nowhere/at all.csv") }
  }

  @Test func missingFilesAreListedTogether() throws {
    let manifest = try manifest("image,mask,patient_id\na.png,b.png,Jane\nc.png,,Jane\n")
    let error = #expect(throws: TrainingError.self) { try manifest.checkFiles() }
    let text = error.map { "\($0)" } ?? ""
    #expect(text.contains("names 3 files not there") && text.contains("line 3: data/c.png"))
    #expect(!text.contains("Jane"))
  }

  @Test func warnsOfRepeatedImagesAndTornPatients() throws {
    let manifest = try manifest("image,patient_id,split\na,p,train\na,p,test\nb,q,test\n")
    #expect(manifest.warnings.count == 2)
    #expect(manifest.warnings.allSatisfy { !$0.contains("'p'") })
  }

  @Test func writtenLinesReadBackTheSame() throws {
    let fields = ["plain", "a,b", "say \"x\"", "two\nlines", " spaced ", "", "é"]
    let table = try CommaSeparatedTable(
      parsing: Array(CommaSeparatedTable.line(fields).utf8), path: "x.csv")
    #expect(table.rows.map(\.fields) == [fields])
  }
}
