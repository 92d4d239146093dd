import Foundation
import Testing

/// `evaluate` as a user runs it.
@Suite struct EvaluateCommandTests {
  /// Six images of three patients with labels, without masks, and a model.
  private func bench(
    split: Bool = false, _ body: (_ folder: String, _ arguments: [String]) throws -> Void
  ) throws {
    let folder = try Workbench.folder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try Workbench.writeModel(to: folder + "/model.onnx")
    var lines = ["image,label,patient_id" + (split ? ",split" : "")]
    for index in 0..<6 {
      try Workbench.writeImage(to: "\(folder)/\(index).png", seed: index)
      let label = ["normal", "benign", "malignant"][index % 3]
      lines.append(
        "\(index).png,\(label),Jane \(index / 2)" + (split ? index < 4 ? ",train" : ",test" : ""))
    }
    try lines.joined(separator: "\r\n").write(
      toFile: folder + "/set.csv", atomically: true, encoding: .utf8)
    try body(
      folder, ["evaluate", "--model", folder + "/model.onnx", "--data", folder + "/set.csv"])
  }

  private func document(_ text: String) throws -> [String: Any] {
    try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  @Test func printsOneDocument() throws {
    try bench { folder, arguments in
      let result = try Workbench.run(arguments + ["--json", "-o", folder + "/out"])
      #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
      let document = try document(result.output)
      #expect(document["schema"] as? String == "imgdx.evaluation/1")
      #expect(document["images"] as? Int == 6 && document["patients"] as? Int == 3)
      for key in ["accuracy", "balanced_accuracy", "auc", "f1"] {
        let value = try #require(document[key] as? Double, "\(key)")
        let intervals = try #require(document["intervals"] as? [String: Any])
        let bounds = try #require(intervals[key] as? [String: Double], "\(key)")
        #expect(bounds["low"] ?? 2 <= value && value <= bounds["high"] ?? -1, "\(key)")
      }
      let recall = try #require(document["recall"] as? [String: Double])
      #expect(Set(recall.keys) == ["normal", "benign", "malignant"])
      let confusion = try #require(document["confusion"] as? [[Int]])
      #expect(confusion.joined().reduce(0, +) == 6)
      for name in ["evaluation.json", "evaluation.html", "images.csv", "confusion.csv"] {
        let text = try String(contentsOfFile: "\(folder)/out/\(name)", encoding: .utf8)
        #expect(!text.contains("Jane"), "\(name)")
      }
      let written = try String(contentsOfFile: folder + "/out/evaluation.json", encoding: .utf8)
      #expect(written == result.output)
    }
  }

  @Test func answersDoNotDependOnJobs() throws {
    try bench { _, arguments in
      let one = try Workbench.run(arguments + ["--json", "--jobs", "1"])
      let three = try Workbench.run(arguments + ["--json", "--jobs", "3"])
      #expect(one.output == three.output && !one.output.isEmpty)
    }
  }

  @Test func measuresOneSide() throws {
    try bench(split: true) { _, arguments in
      let all = try Workbench.run(arguments)
      #expect(all.status == 0 && all.errors.contains("4 of the images are marked for training"))
      #expect(all.output.contains("6 images of 3 patients"))
      let test = try Workbench.run(arguments + ["--split", "test"])
      #expect(test.output.contains("2 images of 1 patient") && test.errors.isEmpty)
      #expect(try Workbench.run(arguments + ["--split", "val"]).status == 1)
      #expect(try Workbench.run(arguments + ["--split", "left"]).status == 2)
      let fold = try Workbench.run(arguments + ["--test-fold", "0", "--folds", "3"])
      #expect(fold.output.contains("2 images of 1 patient"))
    }
  }

  @Test func aDamagedImageIsNamedAndTheRestMeasured() throws {
    try bench { folder, arguments in
      try Data("no picture".utf8).write(to: URL(fileURLWithPath: folder + "/3.png"))
      let result = try Workbench.run(arguments + ["-o", folder + "/out"])
      #expect(result.status == 3 && result.errors.contains("3.png"))
      #expect(result.output.contains("5 images"))
      let table = try String(contentsOfFile: folder + "/out/images.csv", encoding: .utf8)
      #expect(table.components(separatedBy: "\r\n").count == 8)
    }
  }

  @Test func missingFilesAreListedBeforeAnyWork() throws {
    try bench { folder, arguments in
      try FileManager.default.removeItem(atPath: folder + "/1.png")
      try FileManager.default.removeItem(atPath: folder + "/5.png")
      let result = try Workbench.run(arguments)
      #expect(result.status == 1 && result.output.isEmpty)
      #expect(result.errors.contains("line 3: ") && result.errors.contains("line 7: "))
      #expect(!result.errors.contains("Jane"))
    }
  }
}
