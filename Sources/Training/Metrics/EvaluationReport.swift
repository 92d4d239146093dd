/// Metrics with their 95 % bounds, as `imgdx evaluate --json` prints them.
package struct EvaluationReport: Sendable, Equatable, Encodable {
  package var schema = "imgdx.evaluation/1"
  package var model: String?
  package var modelSHA256: String?
  package var data: String?
  package var split: String?
  /// How many of the images the model was trained on; nil where the model does not say.
  package var trainedOn: Int?
  package let images: Int
  package let patients: Int
  package let labels: [String]
  package let accuracy: Double?
  package let balancedAccuracy: Double?
  package let auc: Double?
  package let f1: Double?
  package let recall: [String: Double]
  package let precision: [String: Double]
  package let labelAUC: [String: Double]
  /// `[true label][given label]`, in the order of `labels`.
  package let confusion: [[Int]]
  package let dice: Double?
  package let iou: Double?
  package let falsePositiveRate: Double?
  package let lesionSensitivity: Double?
  package let intervals: Intervals
  package var notice = "Research use only. Not a medical device."

  /// 95 % bounds, by bootstrap over patients.
  package struct Intervals: Sendable, Equatable, Encodable {
    package var method = "percentile bootstrap over patients"
    package let resamples: Int
    package let accuracy: Interval?
    package let balancedAccuracy: Interval?
    package let auc: Interval?
    package let f1: Interval?
    package let recall: [String: Interval]
    package let precision: [String: Interval]
    package let labelAUC: [String: Interval]
    package let dice: Interval?
    package let iou: Interval?
    package let falsePositiveRate: Interval?
    package let lesionSensitivity: Interval?

    enum CodingKeys: String, CodingKey {
      case method, resamples, accuracy, auc, f1, recall, precision, dice, iou
      case balancedAccuracy = "balanced_accuracy"
      case labelAUC = "label_auc"
      case falsePositiveRate = "false_positive_rate"
      case lesionSensitivity = "lesion_sensitivity"
    }
  }

  enum CodingKeys: String, CodingKey {
    case schema, model, data, split, images, patients, labels, accuracy, auc, f1, recall
    case precision, confusion, dice, iou, intervals, notice
    case modelSHA256 = "model_sha256"
    case trainedOn = "trained_on"
    case balancedAccuracy = "balanced_accuracy"
    case labelAUC = "label_auc"
    case falsePositiveRate = "false_positive_rate"
    case lesionSensitivity = "lesion_sensitivity"
  }

  /// What must be said where the model knows the images already.
  package var warning: String? {
    guard let trainedOn, trainedOn > 0 else { return nil }
    return "the model was trained on \(trainedOn) of these \(images) images: "
      + "the figures say little about new ones"
  }

  /// Measures the cases. - Parameter labels: in the order of the probabilities.
  package init(_ cases: [EvaluationCase], labels: [String], resamples: Int = 2000, seed: UInt64 = 1)
  {
    let evaluation = Evaluation(cases, labelCount: labels.count)
    let metrics = evaluation.metrics()
    self.labels = labels
    images = metrics.images
    patients = Set(cases.map(\.group)).count
    accuracy = metrics.accuracy
    balancedAccuracy = metrics.balancedAccuracy
    auc = metrics.auc
    f1 = metrics.f1
    recall = Self.byLabel(metrics.recall, labels)
    precision = Self.byLabel(metrics.precision, labels)
    labelAUC = Self.byLabel(metrics.labelAUC, labels)
    confusion = metrics.confusion.counts
    dice = metrics.dice
    iou = metrics.iou
    falsePositiveRate = metrics.falsePositiveRate
    lesionSensitivity = metrics.lesionSensitivity
    intervals = Intervals(
      evaluation.resampledMetrics(resamples: resamples, seed: seed), labels: labels)
  }

  fileprivate static func byLabel<Value>(_ values: [Value?], _ labels: [String]) -> [String: Value]
  {
    var result: [String: Value] = [:]
    for (label, value) in zip(labels, values) { result[label] = value }
    return result
  }
}

extension EvaluationReport.Intervals {
  fileprivate init(_ resampled: [EvaluationMetrics], labels: [String]) {
    func bounds(_ metric: (EvaluationMetrics) -> Double?) -> Interval? {
      Interval(of: resampled.compactMap(metric))
    }
    func labelled(_ metric: (EvaluationMetrics) -> [Double?]) -> [String: Interval] {
      EvaluationReport.byLabel(
        labels.indices.map { label in bounds { metric($0)[label] } }, labels)
    }
    resamples = resampled.count
    accuracy = bounds { $0.accuracy }
    balancedAccuracy = bounds { $0.balancedAccuracy }
    auc = bounds { $0.auc }
    f1 = bounds { $0.f1 }
    recall = labelled { $0.recall }
    precision = labelled { $0.precision }
    labelAUC = labelled { $0.labelAUC }
    dice = bounds { $0.dice }
    iou = bounds { $0.iou }
    falsePositiveRate = bounds { $0.falsePositiveRate }
    lesionSensitivity = bounds { $0.lesionSensitivity }
  }
}
