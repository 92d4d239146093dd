// What training makes smaller. Each loss adds its gradient with respect to the logits.
private import Foundation
package import Tensors

/// Softmax cross-entropy with label smoothing ε (Szegedy et al. 2016) and class weights w:
/// `L = Σ_n w_t [-(1 - ε) log p_t] + Σ_n Σ_k -(ε / K) w_k log p_k`, over `Σ_n w_t`. A row's own
/// weight multiplies its terms in both sums.
package struct CrossEntropy: Sendable {
  package var smoothing: Float
  /// One a class; empty for equal weights.
  package var classWeights: [Float]

  package init(smoothing: Float = 0, classWeights: [Float] = []) {
    self.smoothing = smoothing
    self.classWeights = classWeights
  }

  /// Returns `scale` · L and adds its gradient.
  /// - Parameters:
  ///   - logits: `[N, K]`.
  ///   - targets: the class of each row; negative rows are left out.
  ///   - rowWeights: how much each row counts; empty for all the same.
  package func callAsFunction(
    logits: View, gradient: View, targets: [Int], rowWeights: [Float] = [], scale: Float = 1
  ) -> Float {
    let classes = logits.c
    let weights = classWeights.isEmpty ? [Float](repeating: 1, count: classes) : classWeights
    precondition(targets.count == logits.n && weights.count == classes, "a target for each row")
    let rows = rowWeights.isEmpty ? [Float](repeating: 1, count: targets.count) : rowWeights
    let total = zip(targets, rows).reduce(Float(0)) { $0 + ($1.0 >= 0 ? weights[$1.0] * $1.1 : 0) }
    guard total > 0 else { return 0 }
    var loss: Float = 0
    for (row, target) in targets.enumerated() where target >= 0 {
      let x = logits.floats + row * classes
      let dx = gradient.floats + row * classes
      let largest = (0..<classes).map { x[$0] }.max() ?? 0
      let sum = (0..<classes).reduce(Float(0)) { $0 + exp(x[$1] - largest) }
      let logSum = largest + log(sum)
      let shares = (0..<classes).map { k in
        rows[row] * weights[k] * (smoothing / Float(classes) + (k == target ? 1 - smoothing : 0))
      }
      let mass = shares.reduce(0, +)
      for k in 0..<classes {
        loss += shares[k] * (logSum - x[k])
        dx[k] += scale / total * (mass * exp(x[k] - logSum) - shares[k])
      }
    }
    return scale * loss / total
  }
}

/// Losses between lesion logits `[N, 1, H, W]` and masks of zeros and ones.
///
/// The soft Dice loss is `1 - (2 Σ p t + s) / (Σ p + Σ t + s)` (Milletari et al. 2016). Summed over
/// one image it makes outlines exact; summed over the whole batch it also counts what is found in
/// images without a lesion, where the loss of the image alone has no slope.
package struct MaskLoss: Sendable {
  /// Share of the pixel-wise binary cross-entropy, averaged over all pixels.
  package var crossEntropyShare: Float
  /// Weight of lesion pixels in the cross-entropy.
  package var positiveWeight: Float
  /// Share of the Dice loss of each image, averaged over the images that it applies to.
  package var diceShare: Float
  /// Share of the Dice loss of the whole batch.
  package var batchDiceShare: Float
  /// s above.
  package var smoothing: Float

  package init(
    crossEntropyShare: Float = 1, positiveWeight: Float = 1, diceShare: Float = 1,
    batchDiceShare: Float = 0, smoothing: Float = 1
  ) {
    self.crossEntropyShare = crossEntropyShare
    self.positiveWeight = positiveWeight
    self.diceShare = diceShare
    self.batchDiceShare = batchDiceShare
    self.smoothing = smoothing
  }

  /// Σ p t, Σ p + Σ t and the cross-entropy of one image.
  private struct Sums {
    var overlap = 0.0
    var total = 0.0
    var entropy = 0.0
  }

  /// Returns `scale` · loss and adds its gradient.
  /// - Parameters:
  ///   - masks: `[N, H, W]` zeros and ones.
  ///   - isUsed: whether each image takes part at all (false: it has no mask).
  ///   - usesDice: whether each image takes part in the Dice loss of single images.
  package func callAsFunction(
    logits: View, gradient: View, masks: UnsafePointer<Float>, isUsed: [Bool], usesDice: [Bool],
    scale: Float = 1, pool: WorkerPool
  ) -> Float {
    let images = isUsed.filter { $0 }.count
    let diceImages = zip(isUsed, usesDice).filter { $0 && $1 }.count
    guard images > 0 else { return 0 }
    let pixels = logits.imageCount
    let entropyScale = scale * crossEntropyShare / Float(images * pixels)
    var sums = [Sums](repeating: Sums(), count: logits.n)
    sums.withUnsafeMutableBufferPointer { sums in
      let store = UncheckedPointer(sums)
      pool.run(logits.n) { image, _ in
        guard isUsed[image] else { return }
        store.buffer[image] = addEntropy(
          logits.image(image), gradient.image(image), masks + image * pixels, pixels, entropyScale)
      }
    }
    let batch = sums.reduce(into: Sums()) {
      $0.overlap += $1.overlap
      $0.total += $1.total
      $0.entropy += $1.entropy
    }
    let whole = DiceSlope(batch.overlap, batch.total, smoothing, scale: scale * batchDiceShare)
    let slopes = sums.indices.map { image in
      let share = usesDice[image] && diceImages > 0 ? diceShare / Float(diceImages) : 0
      return DiceSlope(sums[image].overlap, sums[image].total, smoothing, scale: scale * share)
    }
    pool.run(logits.n) { image, _ in
      guard isUsed[image] else { return }
      (slopes[image] + whole).add(
        to: gradient.image(image), logits.image(image), masks + image * pixels, pixels)
    }
    let dice = zip(isUsed, slopes).reduce(whole.loss) { $0 + ($1.0 ? $1.1.loss : 0) }
    return entropyScale * Float(batch.entropy) + dice
  }

  /// BCE = log(1 + e^x) - x t, with the weight of lesion pixels.
  private func addEntropy(
    _ x: UnsafePointer<Float>, _ dx: UnsafeMutablePointer<Float>, _ t: UnsafePointer<Float>,
    _ count: Int, _ scale: Float
  ) -> Sums {
    var sums = Sums()
    for i in 0..<count {
      // log(1 + e^x) without overflow.
      let small = exp(-abs(x[i]))
      let softplus = max(x[i], 0) + log1p(small)
      let p = x[i] >= 0 ? 1 / (1 + small) : small / (1 + small)
      let weight = 1 + (positiveWeight - 1) * t[i]
      sums.entropy += Double(weight * (softplus - x[i] * t[i]))
      dx[i] += scale * (weight * (p - t[i]))
      sums.overlap += Double(p * t[i])
      sums.total += Double(p + t[i])
    }
    return sums
  }
}

/// A Dice loss and its slope: dL/dp = -(a t - b), with a = 2 / (S + s), b = (2 O + s) / (S + s)².
private struct DiceSlope {
  var loss: Float = 0
  private var a: Float = 0
  private var b: Float = 0

  init(_ overlap: Double, _ total: Double, _ smoothing: Float, scale: Float) {
    guard scale != 0 else { return }
    let (top, bottom) = (2 * overlap + Double(smoothing), total + Double(smoothing))
    loss = scale * Float(1 - top / bottom)
    a = scale * Float(2 / bottom)
    b = scale * Float(top / (bottom * bottom))
  }

  static func + (one: Self, other: Self) -> Self {
    var sum = one
    sum.a += other.a
    sum.b += other.b
    return sum
  }

  /// Adds dL/dx = dL/dp · p (1 - p).
  func add(
    to dx: UnsafeMutablePointer<Float>, _ x: UnsafePointer<Float>, _ t: UnsafePointer<Float>,
    _ count: Int
  ) {
    guard a != 0 || b != 0 else { return }
    for i in 0..<count {
      let p = 1 / (1 + exp(-x[i]))
      dx[i] -= (a * t[i] - b) * p * (1 - p)
    }
  }
}

/// Lets workers write to different elements of one buffer.
struct UncheckedPointer<Element>: @unchecked Sendable {
  // Safe: each worker writes its own element.
  let buffer: UnsafeMutableBufferPointer<Element>
  init(_ buffer: UnsafeMutableBufferPointer<Element>) { self.buffer = buffer }
}
