private import Enhancement
private import ModelFiles

/// What a run asks of its model other than what the model's file says; nil where it leaves that
/// alone.
package struct ModelAdjustments: Sendable, Equatable, Codable {
  /// Enhancement steps in place of those that the model was trained with.
  package var enhancement: [String]?
  /// An image is marked when its suspicious labels' probabilities sum to this.
  package var suspicionThreshold: Double?
  /// A pixel belongs to a lesion from this probability on.
  package var maskThreshold: Double?
  /// Lesions with fewer pixels than this share of the image are dropped.
  package var minimumLesionShare: Double?

  package init() {}
}

extension ScreeningModel {
  /// The same network, asked and judged as a run wants it. Where it sees images otherwise than in
  /// training, every result says so.
  /// - Throws: ``ScreeningError`` when an enhancement or a threshold makes no sense.
  package func adjusted(by adjustments: ModelAdjustments) throws(ScreeningError) -> ScreeningModel {
    var metadata = metadata
    var remarks = remarks
    if let steps = adjustments.enhancement {
      if let remark = try Self.remark(on: steps, insteadOf: metadata.input.enhancement) {
        remarks.append(remark)
      }
      metadata.input.enhancement = steps
    }
    if let threshold = adjustments.suspicionThreshold {
      metadata.suspicionThreshold = Float(threshold)
    }
    if let threshold = adjustments.maskThreshold { metadata.maskThreshold = Float(threshold) }
    if let share = adjustments.minimumLesionShare { metadata.minimumLesionShare = Float(share) }
    return try ScreeningModel(
      model: model, metadata: metadata, identity: identity, remarks: remarks)
  }

  /// Nil where both come to the same.
  private static func remark(on steps: [String], insteadOf own: [String]) throws(ScreeningError)
    -> String?
  {
    do {
      let (asked, trained) = (
        try EnhancementChain(parsing: steps), try EnhancementChain(parsing: own)
      )
      guard asked != trained else { return nil }
      return "the network was shown \(name(asked)), as this run asked; the model was trained with "
        + "\(name(trained)), so its findings may be worse than was measured for it"
    } catch {
      throw .enhancement(error)
    }
  }

  private static func name(_ chain: EnhancementChain) -> String {
    chain.steps.isEmpty
      ? "images without enhancement"
      : "images enhanced by \(chain.steps.joined(separator: ", then "))"
  }
}
