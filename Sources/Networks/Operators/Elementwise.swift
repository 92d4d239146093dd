// Functions of one value, element by element.
private import CKernels

/// `y = f(x)`.
package struct Elementwise: Operator {
  /// Formulas in `elementwise.c`, after ONNX's definitions.
  package enum Function: Sendable, Equatable {
    case sigmoid, tanh, erf, squareRoot, exponential, logarithm, absolute, negation, reciprocal
    case softplus, softsign, mish, hardSwish
    /// x · sigmoid(x)
    case swish
    case elu(alpha: Float)
    case celu(alpha: Float)
    case selu(alpha: Float, gamma: Float)
    case hardSigmoid(alpha: Float, beta: Float)
    case thresholdedReLU(alpha: Float)
    case gelu(approximates: Bool)
    case clip(low: Float, high: Float)
  }
  package var function: Function

  package init(_ function: Function) { self.function = function }

  package var name: String {
    switch function {
    case .sigmoid: "Sigmoid"
    case .tanh: "Tanh"
    case .erf: "Erf"
    case .squareRoot: "Sqrt"
    case .exponential: "Exp"
    case .logarithm: "Log"
    case .absolute: "Abs"
    case .negation: "Neg"
    case .reciprocal: "Reciprocal"
    case .softplus: "Softplus"
    case .softsign: "Softsign"
    case .mish: "Mish"
    case .hardSwish: "HardSwish"
    case .swish: "Swish"
    case .elu: "Elu"
    case .celu: "Celu"
    case .selu: "Selu"
    case .hardSigmoid: "HardSigmoid"
    case .thresholdedReLU: "ThresholdedRelu"
    case .gelu: "Gelu"
    case .clip: "Clip"
    }
  }

  package func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
    guard inputs.count == 1 else { throw ShapeError("its bounds are not constants") }
    return inputs
  }

  package func orders(_ inputs: [MemoryOrder], shapes: [[Int]]) -> (
    inputs: [MemoryOrder], output: MemoryOrder
  ) { (inputs, inputs[0]) }

  /// The bounds of Clip, from operator set 11 on.
  package func settled(_ inputs: [Operand]) throws(ShapeError) -> Settled {
    guard case .clip(var low, var high) = function, inputs.count > 1 else { return all(inputs) }
    if let bound = inputs[1].constant?.scalar { low = Float(bound) }
    if inputs.count > 2, let bound = inputs[2].constant?.scalar { high = Float(bound) }
    guard inputs.dropFirst().allSatisfy({ $0.isAbsent || $0.constant?.scalar != nil }) else {
      return open(inputs)
    }
    return Settled(Elementwise(.clip(low: low, high: high)), keeping: 1)
  }

  package func makeKernel(_ bindings: Bindings) -> any Kernel {
    ElementwiseKernel(function, bindings)
  }
}

private final class ElementwiseKernel: Kernel {
  private typealias Floats = UnsafeMutablePointer<Float>
  private typealias Source = UnsafePointer<Float>
  private typealias Forward = @convention(c) (Floats?, Source?, Float, Float, Int) -> Void
  private typealias Backward =
    @convention(c) (Floats?, Source?, Source?, Source?, Float, Float, Int, Int32) -> Void

  private let io: Bindings
  private let apply: Forward
  private let slope: Backward
  private var (alpha, beta): (Float, Float) = (0, 0)

  init(_ function: Elementwise.Function, _ io: Bindings) {
    self.io = io
    switch function {
    case .elu(let a), .celu(let a), .thresholdedReLU(let a): alpha = a
    case .selu(let a, let b), .hardSigmoid(let a, let b), .clip(let a, let b):
      (alpha, beta) = (a, b)
    default: break
    }
    (apply, slope) = Self.functions(function)
  }

  func forward(_ run: Run) {
    let (x, y) = (io.inputs[0].floats, io.outputs[0].floats)
    forEachSlice(of: io.outputs[0].count, run) { start, count in
      apply(y + start, x + start, alpha, beta, count)
    }
  }

  func backward(_ run: Run) {
    guard let target = io.inputGradients[0] else { return }
    let (x, y, dy) = (io.inputs[0].floats, io.outputs[0].floats, io.outputGradients[0].floats)
    let dx = target.view.floats
    forEachSlice(of: target.view.count, run) { start, count in
      slope(
        dx + start, x + start, y + start, dy + start, alpha, beta, count,
        target.accumulates ? 1 : 0)
    }
  }

  private static func functions(_ function: Elementwise.Function) -> (Forward, Backward) {
    switch function {
    case .sigmoid: pair(imgdx_sigmoid, imgdx_sigmoid_backward)
    case .tanh: pair(imgdx_tanh, imgdx_tanh_backward)
    case .erf: pair(imgdx_erf, imgdx_erf_backward)
    case .squareRoot: pair(imgdx_sqrt, imgdx_sqrt_backward)
    case .exponential: pair(imgdx_exp, imgdx_exp_backward)
    case .logarithm: pair(imgdx_log, imgdx_log_backward)
    case .absolute: pair(imgdx_abs, imgdx_abs_backward)
    case .negation: pair(imgdx_negate, imgdx_negate_backward)
    case .reciprocal: pair(imgdx_reciprocal, imgdx_reciprocal_backward)
    case .softplus: pair(imgdx_softplus, imgdx_softplus_backward)
    case .softsign: pair(imgdx_softsign, imgdx_softsign_backward)
    case .mish: pair(imgdx_mish, imgdx_mish_backward)
    case .hardSwish: pair(imgdx_hard_swish, imgdx_hard_swish_backward)
    case .swish: pair(imgdx_swish, imgdx_swish_backward)
    case .elu: pair(imgdx_elu, imgdx_elu_backward)
    case .celu: pair(imgdx_celu, imgdx_celu_backward)
    case .selu: pair(imgdx_selu, imgdx_selu_backward)
    case .hardSigmoid: pair(imgdx_hard_sigmoid, imgdx_hard_sigmoid_backward)
    case .thresholdedReLU: pair(imgdx_threshold, imgdx_threshold_backward)
    case .gelu(false): pair(imgdx_gelu, imgdx_gelu_backward)
    case .gelu(true): pair(imgdx_gelu_tanh, imgdx_gelu_tanh_backward)
    case .clip: pair(imgdx_clip, imgdx_clip_backward)
    }
  }

  private static func pair(_ forward: @escaping Forward, _ backward: @escaping Backward) -> (
    Forward, Backward
  ) { (forward, backward) }
}
