package import Imaging
private import ModelFiles
private import Networks
internal import Tensors

/// Asks a model about images, one at a time. Each worker holds its own: the network's plan, made
/// for the first image and kept, owns the memory that a run needs.
package final class Screener {
  package let model: ScreeningModel
  private let threads: Int
  private var plan: InferencePlan?

  /// - Parameter threads: workers that share one run; answers do not depend on it.
  package init(model: ScreeningModel, threads: Int = 1) {
    self.model = model
    self.threads = threads
  }

  /// Screens one image.
  /// - Throws: ``ScreeningError``; ``ScreeningError/blankImage`` before the network is asked.
  package func screen(_ image: Image) throws(ScreeningError) -> Findings {
    guard !image.isConstant else { throw .blankImage }
    var clock = Stopwatch()
    let prepared = try model.preprocessing.prepare(image)
    let input = model.networkInput(prepared)
    let preprocessing = clock.lap()
    let answer = try NetworkAnswer(run(input), model: model)
    let network = clock.lap()
    var findings = model.judge(answer, of: image, prepared)
    findings.timings = ScreeningTimings(
      preprocessing: preprocessing, network: network, measuring: clock.lap())
    return findings
  }

  private func run(_ input: Tensor) throws(ScreeningError) -> [String: Tensor] {
    do {
      if let plan { return try plan.run(input) }
      let made = try InferencePlan(
        graph: model.model.graph, inputShape: input.shape, threads: threads)
      plan = made
      return try made.run(input)
    } catch {
      throw .network(error)
    }
  }
}

extension ScreeningModel {
  /// The normalised image `[1, C, H, W]`; with its mirror image behind it, `[2, C, H, W]`, for a
  /// model that averages over both.
  func networkInput(_ prepared: PreparedImage) -> Tensor {
    let specification = metadata.input
    let planes = preprocessing.normalise(prepared.planes)
    let shape = [specification.channels, specification.height, specification.width]
    guard metadata.averagesFlips else { return Tensor(shape: [1] + shape, planes) }
    return Tensor(shape: [2] + shape, planes + mirrored(planes, width: specification.width))
  }
}

/// Every row of `width` samples turned over.
func mirrored(_ planes: [Float], width: Int) -> [Float] {
  var result = planes
  for start in stride(from: 0, to: planes.count, by: width) {
    result[start..<(start + width)].reverse()
  }
  return result
}

/// Seconds between laps.
private struct Stopwatch {
  private var last = ContinuousClock.now

  mutating func lap() -> Double {
    let now = ContinuousClock.now
    defer { last = now }
    return (now - last) / .seconds(1)
  }
}
