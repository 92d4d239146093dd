import Foundation
import Imaging
import Testing

@testable import Training

/// scikit-learn's numbers; `Scripts/parity/make-metrics.py` made them.
private struct MetricsFixture: Decodable {
  struct Answers: Decodable {
    let name: String
    let truth: [Int]
    let probabilities: [[Float]]
    let groups: [Int]
    let expected: Expected
    let intervals: [String: [Double]]

    var cases: [EvaluationCase] {
      truth.indices.map {
        EvaluationCase(
          group: "\(groups[$0])", truth: truth[$0], probabilities: probabilities[$0], overlap: nil)
      }
    }
  }

  struct Expected: Decodable {
    let accuracy: Double
    let balanced_accuracy: Double
    let auc: Double
    let f1: Double
    let recall: [Double]
    let precision: [Double]
    let confusion: [[Int]]
  }

  struct Masks: Decodable {
    let found: [UInt8]
    let actual: [UInt8]
    let dice: Double
    let iou: Double
  }

  let answers: [Answers]
  let masks: [Masks]

  static func load() throws -> MetricsFixture {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Fixtures/metrics.json")
    return try JSONDecoder().decode(MetricsFixture.self, from: Data(contentsOf: file))
  }
}

struct MetricsTests {
  private func close(_ one: Double?, _ other: Double, _ tolerance: Double = 1e-12) -> Bool {
    abs((one ?? 0) - other) <= tolerance
  }

  @Test func agreesWithScikitLearn() throws {
    let fixture = try MetricsFixture.load()
    #expect(fixture.answers.count == 5)
    for answers in fixture.answers {
      let expected = answers.expected
      let labels = expected.recall.count
      let metrics = Evaluation(answers.cases, labelCount: labels).metrics()
      #expect(close(metrics.accuracy, expected.accuracy), "\(answers.name)")
      #expect(close(metrics.balancedAccuracy, expected.balanced_accuracy), "\(answers.name)")
      #expect(close(metrics.auc, expected.auc), "\(answers.name)")
      #expect(close(metrics.f1, expected.f1), "\(answers.name)")
      #expect(metrics.confusion.counts == expected.confusion, "\(answers.name)")
      for label in 0..<labels {
        #expect(close(metrics.recall[label], expected.recall[label]), "\(answers.name)")
        #expect(close(metrics.precision[label], expected.precision[label]), "\(answers.name)")
      }
    }
  }

  @Test func intervalsAgreeWithAnotherBootstrap() throws {
    for answers in try MetricsFixture.load().answers {
      let labels = (0..<answers.expected.recall.count).map { "label \($0)" }
      let report = EvaluationReport(answers.cases, labels: labels)
      let intervals = report.intervals
      #expect(intervals.resamples == 2000)
      for (key, interval) in [
        ("accuracy", intervals.accuracy), ("balanced_accuracy", intervals.balancedAccuracy),
        ("auc", intervals.auc), ("f1", intervals.f1),
      ] {
        let expected = try #require(answers.intervals[key])
        let interval = try #require(interval)
        #expect(close(interval.low, expected[0], 0.02), "\(answers.name), \(key)")
        #expect(close(interval.high, expected[1], 0.02), "\(answers.name), \(key)")
      }
    }
  }

  @Test func overlapAgreesWithScikitLearn() throws {
    for masks in try MetricsFixture.load().masks {
      let overlap = MaskOverlap(
        found: Mask(width: 10, height: 6, pixels: masks.found),
        actual: Mask(width: 10, height: 6, pixels: masks.actual))
      #expect(close(overlap.dice, masks.dice) && close(overlap.iou, masks.iou))
    }
  }

  @Test func masksAreAveragedOverLesionsAlone() {
    func item(_ both: Int, _ found: Int, _ actual: Int) -> EvaluationCase {
      EvaluationCase(
        group: "\(both) \(found) \(actual)", truth: nil, probabilities: [],
        overlap: MaskOverlap(both: both, found: found, actual: actual))
    }
    let cases = [
      item(5, 5, 5), item(0, 3, 4), item(2, 4, 4), item(0, 0, 0), item(0, 7, 0),
      EvaluationCase(group: "x", truth: nil, probabilities: [], overlap: nil),
    ]
    let metrics = Evaluation(cases, labelCount: 0).metrics()
    #expect(close(metrics.dice, (1 + 0 + 0.5) / 3) && close(metrics.iou, (1 + 0 + 2 / 6.0) / 3))
    #expect(metrics.falsePositiveRate == 0.5 && close(metrics.lesionSensitivity, 2 / 3.0))
    #expect(metrics.accuracy == nil && metrics.auc == nil && metrics.images == 6)
  }

  @Test func resamplesDrawPatientsAndAreRepeatable() {
    // One patient with ten right answers, one with ten wrong: resamples give 0, a half or 1.
    let cases = (0..<20).map {
      EvaluationCase(
        group: $0 < 10 ? "a" : "b", truth: 0, probabilities: $0 < 10 ? [0.9, 0.1] : [0.1, 0.9],
        overlap: nil)
    }
    let evaluation = Evaluation(cases, labelCount: 2)
    let resampled = evaluation.resampledMetrics(resamples: 200, seed: 4)
    #expect(Set(resampled.compactMap(\.accuracy)) == [0, 0.5, 1])
    #expect(resampled == evaluation.resampledMetrics(resamples: 200, seed: 4))
    #expect(resampled != evaluation.resampledMetrics(resamples: 200, seed: 5))
    #expect(resampled.allSatisfy { $0.auc == nil })
  }

  @Test func resamplingEqualsRepeating() throws {
    let answers = try #require(try MetricsFixture.load().answers.dropFirst().first)
    let weights = answers.cases.indices.map { $0 % 3 }
    let repeated = zip(answers.cases, weights).flatMap {
      [EvaluationCase](repeating: $0, count: $1)
    }
    let weighted = Evaluation(answers.cases, labelCount: 3).metrics(weights: weights)
    let plain = Evaluation(repeated, labelCount: 3).metrics()
    #expect(weighted.confusion == plain.confusion && weighted.images == plain.images)
    #expect(close(weighted.auc, plain.auc ?? -1))
  }

  @Test func reportHasTheKeysOfTheContract() throws {
    let cases = [
      EvaluationCase(
        group: "a", truth: 0, probabilities: [0.8, 0.2],
        overlap: MaskOverlap(both: 1, found: 2, actual: 2)),
      EvaluationCase(group: "b", truth: 1, probabilities: [0.3, 0.7], overlap: nil),
    ]
    let report = EvaluationReport(cases, labels: ["mass, solid", "none"], resamples: 50)
    let data = try JSONEncoder().encode(report)
    let json = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    for key in [
      "schema", "images", "accuracy", "balanced_accuracy", "auc", "f1", "recall", "precision",
      "confusion", "dice", "iou", "intervals",
    ] { #expect(json[key] != nil, "\(key)") }
    let intervals = try #require(json["intervals"] as? [String: Any])
    for key in ["accuracy", "balanced_accuracy", "auc", "f1", "dice", "iou"] {
      let bounds = try #require(intervals[key] as? [String: Any], "\(key)")
      #expect(bounds["low"] != nil && bounds["high"] != nil)
    }
    #expect((json["recall"] as? [String: Double])?["mass, solid"] == 1)
  }

  @Test func areaLiesUnderTheCurve() throws {
    for answers in try MetricsFixture.load().answers {
      let curve = RankingCurve(
        scores: answers.probabilities.map { $0[0] }, isPositive: answers.truth.map { $0 == 0 })
      let points = curve.points()
      var area = 0.0
      for (one, next) in zip(points, points.dropFirst()) {
        let width = next.falsePositiveRate - one.falsePositiveRate
        area += width * (one.truePositiveRate + next.truePositiveRate) / 2
      }
      #expect(close(curve.area(), area), "\(answers.name)")
      #expect(points.last?.falsePositiveRate == 1 && points.last?.truePositiveRate == 1)
    }
    #expect(RankingCurve(scores: [1], isPositive: [true]).points().isEmpty)
  }

  @Test func percentilesAreInterpolated() throws {
    let interval = try #require(Interval(of: (0...100).map { Double($0) }))
    #expect(close(interval.low, 2.5) && close(interval.high, 97.5))
    #expect(Interval(of: []) == nil && Interval(of: [3]) == Interval(low: 3, high: 3))
  }
}
