private import Foundation
internal import Imaging

/// Stored grey value to 0...1: Rescale and VOI window in one step.
enum GreyTransfer {
  /// stored x scale + offset, held within 0...1.
  case ramp(scale: Double, offset: Double)
  /// 1 / (1 + exp(-(stored x scale + offset))).
  case sigmoid(scale: Double, offset: Double)
  /// 1 where stored x slope + intercept is above the threshold.
  case step(slope: Double, intercept: Double, threshold: Double)

  /// From 0 at `low` to 1 at `high`, in stored values.
  init(from low: Double, to high: Double) {
    // Of halves: the difference of the largest numbers is none.
    let scale = 0.5 / (high / 2 - low / 2)
    self = .ramp(scale: scale, offset: -low * scale)
  }

  /// Nil for a width that the standard does not allow.
  ///
  /// LINEAR (C.11.2.1.2.1): y = ((x - (c - 0.5)) / (w - 1) + 0.5), w >= 1;
  /// LINEAR_EXACT (C.11.2.1.3.2): y = (x - c) / w + 0.5, w > 0;
  /// SIGMOID (C.11.2.1.3.1): y = 1 / (1 + exp(-4 (x - c) / w)), w > 0.
  init?(_ window: Window, _ rescale: Rescale) {
    guard window.center.isFinite, window.width.isFinite, window.width > 0 else { return nil }
    let (slope, intercept) = (rescale.slope, rescale.intercept)
    switch window.function {
    case .linear:
      guard window.width >= 1 else { return nil }
      guard window.width > 1 else {
        self = .step(slope: slope, intercept: intercept, threshold: window.center - 0.5)
        return
      }
      let range = window.width - 1
      self = .ramp(
        scale: slope / range, offset: (intercept - (window.center - 0.5)) / range + 0.5)
    case .linearExact:
      self = .ramp(
        scale: slope / window.width, offset: (intercept - window.center) / window.width + 0.5)
    case .sigmoid:
      self = .sigmoid(
        scale: 4 * slope / window.width, offset: 4 * (intercept - window.center) / window.width)
    }
  }

  /// Not-a-number becomes 0.
  func apply<Value: BinaryFloatingPoint>(to samples: [Value]) -> [Float] {
    switch self {
    case .ramp(let scale, let offset):
      return samples.map { sample in
        let value = Double(sample) * scale + offset
        return value > 0 ? (value < 1 ? Float(value) : 1) : 0
      }
    case .sigmoid(let scale, let offset):
      return samples.map { sample in
        let value = Float(1 / (1 + exp(-(Double(sample) * scale + offset))))
        return value > 0 ? value : 0
      }
    case .step(let slope, let intercept, let threshold):
      return samples.map { Double($0) * slope + intercept > threshold ? 1 : 0 }
    }
  }
}
