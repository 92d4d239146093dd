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
package struct MaskLoss: Sendable {
  /// Share of the pixel-wise binary cross-entropy, averaged over all pixels.
  package var crossEntropyShare: Float
  /// Weight of lesion pixels in the cross-entropy.
  package var positiveWeight: Float
  /// Share of the soft Dice loss `1 - (2 Σ p t + s) / (Σ p + Σ t + s)`, averaged over the images
  /// that it applies to (Milletari et al. 2016).
  package var diceShare: Float
  /// s above.
  package var smoothing: Float

  package init(
    crossEntropyShare: Float = 1, positiveWeight: Float = 1, diceShare: Float = 1,
    smoothing: Float = 1
  ) {
    self.crossEntropyShare = crossEntropyShare
    self.positiveWeight = positiveWeight
    self.diceShare = diceShare
    self.smoothing = smoothing
  }

  /// Returns `scale` · loss and adds its gradient.
  /// - Parameters:
  ///   - masks: `[N, H, W]` zeros and ones.
  ///   - isUsed: whether each image takes part at all (false: it has no mask).
  ///   - usesDice: whether each image takes part in the Dice loss.
  package func callAsFunction(
    logits: View, gradient: View, masks: UnsafePointer<Float>, isUsed: [Bool], usesDice: [Bool],
    scale: Float = 1, pool: WorkerPool
  ) -> Float {
    let images = isUsed.filter { $0 }.count
    let diceImages = zip(isUsed, usesDice).filter { $0 && $1 }.count
    guard images > 0 else { return 0 }
    let pixels = logits.imageCount
    var losses = [Float](repeating: 0, count: logits.n)
    losses.withUnsafeMutableBufferPointer { losses in
      let store = UncheckedPointer(losses)
      pool.run(logits.n) { image, _ in
        guard isUsed[image] else { return }
        store.buffer[image] = imageLoss(
          logits.image(image), gradient.image(image), masks + image * pixels, pixels,
          entropyScale: scale * crossEntropyShare / Float(images * pixels),
          diceScale: usesDice[image] && diceImages > 0 ? scale * diceShare / Float(diceImages) : 0)
      }
    }
    return losses.reduce(0, +)
  }

  private func imageLoss(
    _ x: UnsafePointer<Float>, _ dx: UnsafeMutablePointer<Float>, _ t: UnsafePointer<Float>,
    _ count: Int, entropyScale: Float, diceScale: Float
  ) -> Float {
    var entropy = 0.0
    var (overlap, sum) = (0.0, 0.0)
    for i in 0..<count {
      // log(1 + e^x) without overflow.
      let small = exp(-abs(x[i]))
      let softplus = max(x[i], 0) + log1p(small)
      let p = x[i] >= 0 ? 1 / (1 + small) : small / (1 + small)
      let weight = 1 + (positiveWeight - 1) * t[i]
      entropy += Double(weight * (softplus - x[i] * t[i]))
      dx[i] += entropyScale * (weight * (p - t[i]))
      overlap += Double(p * t[i])
      sum += Double(p + t[i])
    }
    guard diceScale != 0 else { return entropyScale * Float(entropy) }
    let s = Double(smoothing)
    let (top, bottom) = (2 * overlap + s, sum + s)
    let (a, b) = (Float(2 / bottom), Float(top / (bottom * bottom)))
    for i in 0..<count {
      let p = 1 / (1 + exp(-x[i]))
      dx[i] -= diceScale * (a * t[i] - b) * p * (1 - p)
    }
    return entropyScale * Float(entropy) + diceScale * Float(1 - top / bottom)
  }
}

/// Lets workers write to different elements of one buffer.
struct UncheckedPointer<Element>: @unchecked Sendable {
  // Safe: each worker writes its own element.
  let buffer: UnsafeMutableBufferPointer<Element>
  init(_ buffer: UnsafeMutableBufferPointer<Element>) { self.buffer = buffer }
}
