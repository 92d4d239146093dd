// The running average of a network's weights, which is what gets saved.
private import CKernels
package import Tensors

/// Exponential moving average of every weight and running statistic (Polyak and Juditsky 1992).
package final class WeightAverage {
  private let packed: PlanParameters
  private let names: [String]
  private let averages: [FloatStorage]
  private let decay: Float
  /// Updates so far.
  package private(set) var steps = 0

  /// Starts at the plan's present weights.
  /// - Parameter decay: share of the average that stays at each step, 0..<1.
  package init(_ plan: TrainingPlan, decay: Float) {
    packed = plan.packed
    self.decay = decay
    names = packed.views.keys.sorted()
    averages = names.map { FloatStorage(count: plan.packed.views[$0]?.count ?? 0) }
    for (name, average) in zip(names, averages) {
      guard let view = packed.views[name] else { continue }
      average.floats.update(from: view.floats, count: view.count)
    }
  }

  /// Takes the present weights in. Early steps forget faster, so that the start does not linger.
  package func update(pool: WorkerPool) {
    steps += 1
    let keep = min(decay, Float(1 + steps) / Float(10 + steps))
    pool.run(names.count) { index, _ in
      guard let view = packed.views[names[index]] else { return }
      imgdx_average(averages[index].floats, view.floats, keep, view.count)
    }
  }

  /// The averages in the graph's layouts.
  package var parameters: [String: Tensor] {
    var tensors: [String: Tensor] = [:]
    for (name, average) in zip(names, averages) {
      guard let view = packed.views[name], let layout = packed.layouts[name] else { continue }
      tensors[name] = layout.unpack(average.floats, shape: view.shape)
    }
    return tensors
  }

  /// Goes on from saved averages.
  package func restore(_ tensors: [String: Tensor], steps: Int) {
    for (name, average) in zip(names, averages) {
      guard let tensor = tensors[name], let view = packed.views[name], view.shape == tensor.shape
      else { continue }
      (packed.layouts[name] ?? .plain).pack(tensor, to: average.floats)
    }
    self.steps = steps
  }
}
