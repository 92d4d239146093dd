// The two halves of every operator: what it is (Operator, a value) and how it runs (Kernel).
package import Tensors

/// What one node computes: attributes and shapes. Adding one: CONTRIBUTING.md.
package protocol Operator: Sendable {
  /// ONNX's name of the operator ("Conv").
  var name: String { get }
  /// Logical shapes of the outputs, given those of all inputs, weights included.
  func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]]
  /// How a plan stores input `index` when it is a weight.
  func layout(ofParameter index: Int) -> ParameterLayout
  /// Inputs that training may change (running statistics are not among them).
  var trainableInputs: Range<Int> { get }
  /// What the backward pass reads beside weights and gradients: other values need not be kept for it.
  var backwardReads: BackwardReads { get }
  /// The memory orders that rank-4 inputs must have, given those they would have, and the outputs'.
  func orders(_ inputs: [MemoryOrder], shapes: [[Int]]) -> (
    inputs: [MemoryOrder], output: MemoryOrder
  )
  /// The operator with everything settled that depends on shapes or on constants among its inputs.
  func settled(_ inputs: [Operand]) throws(ShapeError) -> Settled
  /// The result where every input is a small constant; nil where only a kernel can tell.
  func evaluated(_ inputs: [ConstantTensor]) throws(ShapeError) -> [ConstantTensor]?
  /// Multiplications with additions of one run, for given shapes.
  func multiplications(_ inputs: [[Int]], output: [Int]) -> Int
  /// Binds the operator to memory for one shape.
  func makeKernel(_ bindings: Bindings) -> any Kernel
}

extension Operator {
  package func layout(ofParameter index: Int) -> ParameterLayout { .image }
  package var trainableInputs: Range<Int> { 0..<Int.max }
  package var backwardReads: BackwardReads { [.inputs, .outputs] }
  package func orders(_ inputs: [MemoryOrder], shapes: [[Int]]) -> (
    inputs: [MemoryOrder], output: MemoryOrder
  ) { (inputs.map { _ in .channelsLast }, .channelsLast) }
  package func settled(_ inputs: [Operand]) throws(ShapeError) -> Settled { all(inputs) }
  package func evaluated(_ inputs: [ConstantTensor]) throws(ShapeError) -> [ConstantTensor]? { nil }
  package func multiplications(_ inputs: [[Int]], output: [Int]) -> Int { 0 }

  /// The operator as it is, with all inputs that are there.
  func all(_ inputs: [Operand]) -> Settled {
    Settled(self, inputs: inputs.indices.filter { !inputs[$0].isAbsent })
  }
  /// The operator as it is: what it must know is not a constant yet.
  func open(_ inputs: [Operand]) -> Settled { Settled(self, inputs: Array(inputs.indices)) }
}

/// Values of the forward pass that a backward pass needs.
package struct BackwardReads: OptionSet, Sendable {
  package let rawValue: Int
  package init(rawValue: Int) { self.rawValue = rawValue }

  package static let inputs = BackwardReads(rawValue: 1)
  package static let outputs = BackwardReads(rawValue: 2)
}

/// What is known about an input while a graph is settled.
package struct Operand: Sendable {
  /// Nil until input shapes are known.
  package let shape: [Int]?
  /// The value where it is a small constant.
  package let constant: ConstantTensor?
  /// An optional input that the file leaves out.
  package let isAbsent: Bool

  init(shape: [Int]? = nil, constant: ConstantTensor? = nil, isAbsent: Bool = false) {
    (self.shape, self.constant, self.isAbsent) = (shape, constant, isAbsent)
  }
}

/// A settled operator and the inputs that it still reads.
package struct Settled: Sendable {
  package let operation: any Operator
  package let inputs: [Int]

  init(_ operation: any Operator, inputs: [Int]) {
    (self.operation, self.inputs) = (operation, inputs)
  }

  init(_ operation: any Operator, keeping count: Int) {
    self.init(operation, inputs: Array(0..<count))
  }
}

/// An operator bound to memory: forward and backward side by side.
package protocol Kernel: AnyObject {
  /// Floats that each worker needs beside its inputs and outputs.
  var scratchCount: Int { get }
  /// Floats that all workers share during one pass; the next kernel has them then.
  var workspaceCount: Int { get }
  /// Inputs whose values the kernel copied when it was made: a plan for running frees them.
  var packedInputs: Set<Int> { get }
  /// Computes the outputs from the inputs.
  func forward(_ run: Run)
  /// Computes the input gradients from the output gradients, after a forward pass.
  func backward(_ run: Run)
}

extension Kernel {
  package var scratchCount: Int { 0 }
  package var workspaceCount: Int { 0 }
  package var packedInputs: Set<Int> { [] }
}

/// The memory that a kernel reads and writes.
package struct Bindings {
  package enum Mode: Sendable { case inference, training }
  package let mode: Mode
  package let inputs: [View]
  package let outputs: [View]
  /// Gradients of the loss with respect to the outputs; empty for inference.
  package let outputGradients: [View]
  /// Where the input gradients go; nil where none is wanted.
  package let inputGradients: [GradientTarget?]
  /// Distinguishes nodes that draw random numbers.
  package let seed: UInt64
  /// Workers that share what a kernel prepares.
  package let pool: WorkerPool
}

/// A gradient's memory, and whether it already holds another consumer's share.
package struct GradientTarget {
  package let view: View
  package let accumulates: Bool
}

/// One pass over a plan: its workers, their scratch memory and the number of the step.
package struct Run {
  package let pool: WorkerPool
  package let scratch: UnsafeMutablePointer<Float>
  package let scratchPitch: Int
  /// Memory that all workers share.
  package let workspace: UnsafeMutablePointer<Float>
  package let step: UInt64

  /// Scratch memory of one worker.
  func scratch(of worker: Int) -> UnsafeMutablePointer<Float> { scratch + worker * scratchPitch }
}

/// Floats in a plan's memory. Images are `[N, H, W, C]`, everything else row-major.
package struct View {
  // Safe: the plan that made the view owns the memory and outlives its kernels.
  package let floats: UnsafeMutablePointer<Float>
  /// Logical shape: `[N, C, H, W]` for images.
  package let shape: [Int]
  package let order: MemoryOrder
  package let n, h, w, c: Int

  package init(
    _ floats: UnsafeMutablePointer<Float>, shape: [Int], order: MemoryOrder = .channelsLast
  ) {
    self.floats = floats
    self.shape = shape
    self.order = order
    switch shape.count {
    case 0: (n, h, w, c) = (1, 1, 1, 1)
    case 1: (n, h, w, c) = (1, 1, 1, shape[0])
    case 2: (n, h, w, c) = (shape[0], 1, 1, shape[1])
    case 3: (n, h, w, c) = (shape[0], 1, shape[1], shape[2])
    case 4 where order == .rowMajor: (n, h, w, c) = (shape[0], shape[1], shape[2], shape[3])
    case 4: (n, h, w, c) = (shape[0], shape[2], shape[3], shape[1])
    default:
      (n, h, w, c) = (shape[0], 1, shape[1...].dropLast().reduce(1, *), shape[shape.count - 1])
    }
  }

  package var count: Int { n * h * w * c }
  /// Floats between neighbours along each logical axis.
  package var strides: [Int] { order.strides(of: shape) }
  /// A copy in logical order.
  package var tensor: Tensor {
    (order == .channelsLast ? ParameterLayout.image : .plain).unpack(floats, shape: shape)
  }
  /// Rows of the `[rows, c]` matrix that the view is.
  var rows: Int { n * h * w }
  /// Floats of one image.
  var imageCount: Int { h * w * c }
  /// Start of image `index`.
  func image(_ index: Int) -> UnsafeMutablePointer<Float> { floats + index * imageCount }
}
