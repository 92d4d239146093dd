/// How well a network does on a set of images. Nil: the data cannot tell.
package struct EvaluationMetrics: Sendable, Equatable {
  package var images = 0
  package var confusion: ConfusionMatrix
  package var accuracy: Double?
  /// Mean recall of the labels that occur.
  package var balancedAccuracy: Double?
  /// Mean over labels of the area under the curve of this label against the rest.
  package var auc: Double?
  /// Mean F1 of the labels.
  package var f1: Double?
  /// For each label.
  package var recall: [Double?]
  package var precision: [Double?]
  package var labelAUC: [Double?]
  /// Means over the images with a lesion.
  package var dice: Double?
  package var iou: Double?
  /// Share of the images without a lesion in which one was found.
  package var falsePositiveRate: Double?
  /// Share of the images with a lesion in which the found mask touches it.
  package var lesionSensitivity: Double?
}

/// Cases made ready to be measured, whole or resampled.
package struct Evaluation: Sendable {
  package let cases: [EvaluationCase]
  package let labelCount: Int
  private let predictions: [Int?]
  private let curves: [RankingCurve]
  /// The cases that the curves rank: those with a truth and probabilities.
  private let ranked: [Int]

  /// - Precondition: every case has `labelCount` probabilities or none, and a truth below it.
  package init(_ cases: [EvaluationCase], labelCount: Int) {
    precondition(
      cases.allSatisfy {
        ($0.probabilities.isEmpty || $0.probabilities.count == labelCount)
          && ($0.truth ?? 0) < max(labelCount, 1)
      }, "cases must match the labels")
    self.cases = cases
    self.labelCount = labelCount
    predictions = cases.map(\.prediction)
    let ranked = cases.indices.filter {
      cases[$0].truth != nil && !cases[$0].probabilities.isEmpty
    }
    curves = (0..<labelCount).map { label in
      RankingCurve(
        scores: ranked.map { cases[$0].probabilities[label] },
        isPositive: ranked.map { cases[$0].truth == label })
    }
    self.ranked = ranked
  }

  /// - Parameter weights: how often each case counts; nil for once.
  package func metrics(weights: [Int]? = nil) -> EvaluationMetrics {
    var confusion = ConfusionMatrix(labelCount: labelCount)
    for index in ranked {
      guard let truth = cases[index].truth, let prediction = predictions[index] else { continue }
      confusion.add(truth: truth, prediction: prediction, times: weights?[index] ?? 1)
    }
    let rankedWeights = weights.map { weights in ranked.map { weights[$0] } }
    let areas = curves.map { $0.area(weights: rankedWeights) }
    let known = areas.compactMap { $0 }
    var metrics = EvaluationMetrics(
      images: weights?.reduce(0, +) ?? cases.count, confusion: confusion,
      accuracy: confusion.accuracy, balancedAccuracy: confusion.balancedAccuracy,
      auc: known.isEmpty ? nil : known.reduce(0, +) / Double(known.count), f1: confusion.macroF1,
      recall: (0..<labelCount).map(confusion.recall),
      precision: (0..<labelCount).map(confusion.precision), labelAUC: areas)
    addOverlaps(to: &metrics, weights)
    return metrics
  }

  private func addOverlaps(to metrics: inout EvaluationMetrics, _ weights: [Int]?) {
    var (lesions, normals, touched, falsePositives) = (0, 0, 0, 0)
    var (dice, iou) = (0.0, 0.0)
    for (index, item) in cases.enumerated() {
      guard let overlap = item.overlap else { continue }
      let weight = weights?[index] ?? 1
      if overlap.hasLesion {
        lesions += weight
        dice += overlap.dice * Double(weight)
        iou += overlap.iou * Double(weight)
        if overlap.both > 0 { touched += weight }
      } else {
        normals += weight
        if overlap.found > 0 { falsePositives += weight }
      }
    }
    if lesions > 0 {
      metrics.dice = dice / Double(lesions)
      metrics.iou = iou / Double(lesions)
      metrics.lesionSensitivity = Double(touched) / Double(lesions)
    }
    if normals > 0 { metrics.falsePositiveRate = Double(falsePositives) / Double(normals) }
  }
}
