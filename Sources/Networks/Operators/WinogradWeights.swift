// 3x3 weights on their way into the 36 packed matrices of Winograd's convolution.
private import CKernels
internal import Tensors

/// Weights `[3, 3, in, out]`, transformed and packed box by box, so that nothing larger than a box
/// stands between them and the packed matrices.
struct WinogradWeights {
  private let floats: UnsafePointer<Float>
  private let inputs: Int
  private let outputs: Int
  /// Whether they are flipped in both axes with in and out exchanged, as the gradient of the input
  /// wants them.
  private let isFlipped: Bool

  /// Inputs and outputs of a box; multiples of the packed matrices' 32 columns.
  private static let box = (inputs: 32, outputs: 64)
  /// Floats that one box takes while it is transformed.
  static let boxCount = 36 * box.inputs * box.outputs

  init(_ floats: UnsafePointer<Float>, inputs: Int, outputs: Int, isFlipped: Bool = false) {
    (self.floats, self.inputs, self.outputs) = (floats, inputs, outputs)
    self.isFlipped = isFlipped
  }

  /// Floats of the packed matrices.
  var packedCount: Int {
    let (rows, columns) = isFlipped ? (outputs, inputs) : (inputs, outputs)
    return PackedMatrices.floatCount(36, rows: rows, columns: columns)
  }

  /// The packed matrices, in memory of their own, the work shared by a pool.
  func packed(_ pool: WorkerPool) -> PackedMatrices {
    let matrices = PackedMatrices(count: 36, rows: inputs, columns: outputs)
    let scratch = FloatStorage(count: Self.boxCount * pool.workers)
    pool.run(boxes) { box, worker in
      pack(box, into: matrices, through: scratch.floats + worker * Self.boxCount)
    }
    return withExtendedLifetime(scratch) { matrices }
  }

  /// The packed matrices in `memory`, the work shared by a pool.
  func packed(in memory: UnsafeMutablePointer<Float>, _ run: Run) -> PackedMatrices {
    let (rows, columns) = isFlipped ? (outputs, inputs) : (inputs, outputs)
    let matrices = PackedMatrices(rows: rows, columns: columns, in: memory)
    run.pool.run(boxes) { box, worker in
      pack(box, into: matrices, through: run.scratch(of: worker))
    }
    return matrices
  }

  private var boxColumns: Int { (outputs + Self.box.outputs - 1) / Self.box.outputs }
  private var boxes: Int {
    (inputs + Self.box.inputs - 1) / Self.box.inputs * boxColumns
  }

  private func pack(
    _ box: Int, into matrices: PackedMatrices, through scratch: UnsafeMutablePointer<Float>
  ) {
    let (width, plane) = (Self.box.outputs, Self.box.inputs * Self.box.outputs)
    let (firstIn, firstOut) = (box / boxColumns * Self.box.inputs, box % boxColumns * width)
    let i = firstIn..<min(firstIn + Self.box.inputs, inputs)
    let o = firstOut..<min(firstOut + width, outputs)
    // Flipped, the taps are read from the last one on.
    let taps = isFlipped ? floats + 8 * inputs * outputs : floats
    let pitch = isFlipped ? -inputs * outputs : inputs * outputs
    for (row, input) in i.enumerated() {
      imgdx_winograd_weights(
        scratch + row * width, plane, taps + input * outputs + o.lowerBound, pitch, o.count)
    }
    for tap in 0..<36 {
      if isFlipped {
        matrices.pack(
          tap, scratch + tap * plane, rowStride: 1, columnStride: width, rows: o, columns: i)
      } else {
        matrices.pack(
          tap, scratch + tap * plane, rowStride: width, columnStride: 1, rows: i, columns: o)
      }
    }
  }
}
