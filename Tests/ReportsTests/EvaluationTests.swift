import Testing
import Training

@testable import Reports

struct EvaluationTests {
  private let labels = ["normal", "benign, cystic"]

  private func image(
    _ name: String, truth: Int, _ result: Result<EvaluationCase, TrainingError>
  ) -> EvaluatedImage {
    let item = ManifestItem(
      line: 2, name: name, image: name, mask: nil, targets: [], patientID: "Jane Doe", split: nil,
      weight: 1, others: [:])
    return EvaluatedImage(item: item, truth: truth, result: result)
  }

  private var images: [EvaluatedImage] {
    [
      image(
        "<b>.png", truth: 0,
        .success(
          EvaluationCase(
            group: "1", truth: 0, probabilities: [0.25, 0.75],
            overlap: MaskOverlap(both: 0, found: 10, actual: 0)))),
      image(
        "c.png", truth: 1,
        .success(
          EvaluationCase(
            group: "2", truth: 1, probabilities: [0.1, 0.9],
            overlap: MaskOverlap(both: 30, found: 50, actual: 40)))),
      image("d.png", truth: 1, .failure(.unusableImage(path: "d.png", reason: "it ends early"))),
    ]
  }

  private var report: EvaluationReport {
    var report = EvaluationReport(
      images.compactMap { try? $0.result.get() }, labels: labels, resamples: 100)
    report.model = "a \"quoted\" & <odd> name"
    return report
  }

  @Test func tableHasARowAnImage() throws {
    let text = EvaluationTables.images(images, labels: labels)
    let rows = try CommaSeparatedTable(parsing: Array(text.utf8), path: "images.csv").rows
    let fields = rows.map(\.fields)
    #expect(fields.count == 4 && fields.allSatisfy { $0.count == fields[0].count })
    #expect(fields[1].prefix(4) == ["<b>.png", "normal", "benign, cystic", "0"])
    #expect(fields[2][6] == "0.6667" && fields[2][7] == "0.5000")
    #expect(fields[3].last?.contains("it ends early") == true)
    #expect(!text.contains("Jane"))
  }

  @Test func confusionHasTrueLabelsDown() {
    #expect(
      EvaluationTables.confusion(report)
        == "label,normal,\"benign, cystic\"\r\nnormal,0,1\r\n\"benign, cystic\",0,1\r\n")
  }

  @Test func pageIsSelfContainedAndEscaped() {
    let html = EvaluationPage(report, images).html
    #expect(html.contains("a &quot;quoted&quot; &amp; &lt;odd&gt; name"))
    #expect(html.contains("&lt;b&gt;.png") && !html.contains("<b>.png"))
    #expect(!html.contains("<script") && !html.contains("http") && !html.contains("Jane"))
    #expect(html.contains("Research use only. Not a medical device."))
    for heading in ["Metrics", "Confusion", "Surest mistakes", "Masks furthest off"] {
      #expect(html.contains("<h2>\(heading)</h2>"), "\(heading)")
    }
    #expect(html.contains("it ends early"))
  }

  @Test func textNamesEveryMetricThatThereIs() {
    let text = EvaluationTables.text(report)
    #expect(text.contains("Balanced accuracy") && text.contains("Dice, images with a lesion"))
    #expect(text.contains("benign, cystic: 0, 1"))
    let segmentation = EvaluationReport(
      [
        EvaluationCase(
          group: "1", truth: nil, probabilities: [],
          overlap: MaskOverlap(both: 1, found: 2, actual: 2))
      ], labels: [], resamples: 10)
    let short = EvaluationTables.text(segmentation)
    #expect(short.contains("Dice") && !short.contains("AUC") && !short.contains("true label"))
  }
}
