// How gradients change weights.
private import CKernels
package import Tensors

/// Rules of gradient descent.
package enum OptimizerRule: Sendable, Equatable {
  /// Adam with decoupled weight decay (Kingma and Ba 2015, Loshchilov and Hutter 2019).
  case adamW(beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-8, decay: Float = 0)
  /// `v = momentum v + (g + decay w)`, `w -= rate v` (Sutskever et al. 2013; decay as L2).
  case momentum(_ momentum: Float = 0.9, decay: Float = 0, nesterov: Bool = false)
}

/// Moves a plan's weights; keeps the moments of every weight.
package final class Optimizer {
  package let rule: OptimizerRule
  /// Steps taken so far.
  package private(set) var steps = 0
  private let parameters: [TrainableParameter]
  private let first: [FloatStorage]
  private let second: [FloatStorage]

  package init(_ rule: OptimizerRule, parameters: [TrainableParameter]) {
    self.rule = rule
    self.parameters = parameters
    first = parameters.map { FloatStorage(count: $0.value.count) }
    if case .adamW = rule {
      second = parameters.map { FloatStorage(count: $0.value.count) }
    } else {
      second = []
    }
  }

  /// One step with the gradients of the last backward pass.
  package func step(learningRate: Float, pool: WorkerPool) {
    steps += 1
    pool.run(parameters.count) { index, _ in
      let parameter = parameters[index]
      switch rule {
      case .adamW(let beta1, let beta2, let epsilon, let decay):
        imgdx_adam(
          parameter.value.floats, parameter.gradient.floats, first[index].floats,
          second[index].floats, parameter.value.count, learningRate, beta1, beta2,
          1 - power(beta1, steps), 1 - power(beta2, steps), epsilon, parameter.decays ? decay : 0)
      case .momentum(let momentum, let decay, let nesterov):
        descend(
          index, learningRate, momentum, decay: parameter.decays ? decay : 0, nesterov: nesterov)
      }
    }
  }

  private func descend(
    _ index: Int, _ rate: Float, _ momentum: Float, decay: Float, nesterov: Bool
  ) {
    let (w, g, v) = (
      parameters[index].value.floats, parameters[index].gradient.floats, first[index].floats
    )
    for i in 0..<parameters[index].value.count {
      let gradient = g[i] + decay * w[i]
      v[i] = momentum * v[i] + gradient
      w[i] -= rate * (nesterov ? gradient + momentum * v[i] : v[i])
    }
  }

  /// Length of the whole gradient; every element is scaled down when it is longer than `limit`.
  @discardableResult
  package func clipGradients(to limit: Float) -> Float {
    var sum = 0.0
    for parameter in parameters {
      for i in 0..<parameter.gradient.count {
        sum += Double(parameter.gradient.floats[i]) * Double(parameter.gradient.floats[i])
      }
    }
    let norm = Float(sum.squareRoot())
    guard norm > limit else { return norm }
    for parameter in parameters {
      let g = parameter.gradient
      for i in 0..<g.count { g.floats[i] *= limit / norm }
    }
    return norm
  }

  // MARK: Checkpoints

  /// Moments and step count, to go on later exactly where training stopped.
  package func state() -> [String: Tensor] {
    var tensors = ["steps": Tensor(shape: [1], [Float(steps)])]
    for (index, parameter) in parameters.enumerated() {
      tensors["first." + parameter.name] = copy(first[index])
      if !second.isEmpty { tensors["second." + parameter.name] = copy(second[index]) }
    }
    return tensors
  }

  /// Restores ``state()``; tensors of other sizes are left out.
  package func restore(_ tensors: [String: Tensor]) {
    if let count = tensors["steps"]?.values.first { steps = Int(count) }
    for (index, parameter) in parameters.enumerated() {
      load(tensors["first." + parameter.name], into: first[index])
      if !second.isEmpty { load(tensors["second." + parameter.name], into: second[index]) }
    }
  }

  private func copy(_ storage: FloatStorage) -> Tensor {
    ParameterLayout.plain.unpack(storage.floats, shape: [storage.count])
  }

  private func load(_ tensor: Tensor?, into storage: FloatStorage) {
    guard let tensor, tensor.count == storage.count else { return }
    ParameterLayout.plain.pack(tensor, to: storage.floats)
  }
}

private func power(_ base: Float, _ exponent: Int) -> Float {
  var (result, factor, rest) = (1.0, Double(base), exponent)
  while rest > 0 {
    if rest & 1 == 1 { result *= factor }
    factor *= factor
    rest >>= 1
  }
  return Float(result)
}
