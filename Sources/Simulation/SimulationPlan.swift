/// What one image of a simulated set shows, drawn from the set's seed and the image's place in it.
package struct SimulationPlan: Sendable, Equatable {
  package let finding: SimulatedUltrasound.Finding
  package let width: Int
  package let height: Int
  /// Of the picture, unlike all others of this and other sets.
  package let seed: UInt64

  /// - Parameters:
  ///   - index: from 0.
  ///   - finding: by default one normal, three benign and two malignant in six.
  ///   - width: columns; by default 256 to 384.
  ///   - height: rows; by default 0.7 to 0.95 of the columns.
  package init(
    seed: UInt64, index: Int, finding: SimulatedUltrasound.Finding? = nil, width: Int? = nil,
    height: Int? = nil
  ) {
    let order: [SimulatedUltrasound.Finding] = [
      .benign, .malignant, .benign, .normal, .malignant, .benign,
    ]
    var random = RandomSource(seed: seed, stream: UInt64(index) &+ (1 << 32))
    self.finding = finding ?? order[index % order.count]
    let columns = width ?? random.integer(256...384)
    self.width = columns
    self.height = height ?? max(Int(Float(columns) * random.uniform(0.7...0.95)), 64)
    self.seed = random.next()
  }

  package func picture(frame: Int = 0) -> SimulatedUltrasound {
    SimulatedUltrasound(
      finding: finding, seed: seed, width: width, height: height, frame: frame)
  }
}
