// The convolution written as its formula: the reference for every fast path.
import Networks
import Tensors

/// x `[N, C, H, W]`, w `[O, C, kh, kw]`; stride 1 unless given, one group, sums in double.
func naiveConvolution(
  _ x: Tensor, _ w: Tensor, bias: [Float]?, stride: Int = 1, padding: Int
) -> Tensor {
  let (n, c, h, v) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3])
  let (o, kh, kw) = (w.shape[0], w.shape[2], w.shape[3])
  let (oh, ow) = ((h + 2 * padding - kh) / stride + 1, (v + 2 * padding - kw) / stride + 1)
  let (xs, ws) = (x.values, w.values)
  var y = [Float]()
  for image in 0..<n {
    for out in 0..<o {
      for i in 0..<oh {
        for j in 0..<ow {
          var sum = Double(bias?[out] ?? 0)
          for channel in 0..<c {
            for ky in 0..<kh {
              for kx in 0..<kw {
                let (row, column) = (i * stride + ky - padding, j * stride + kx - padding)
                guard row >= 0, row < h, column >= 0, column < v else { continue }
                sum +=
                  Double(xs[((image * c + channel) * h + row) * v + column])
                  * Double(ws[((out * c + channel) * kh + ky) * kw + kx])
              }
            }
          }
          y.append(Float(sum))
        }
      }
    }
  }
  return Tensor(shape: [n, o, oh, ow], y)
}

/// Normal random numbers from a seed.
func randomTensor(_ shape: [Int], seed: UInt64) -> Tensor {
  var generator = SplitMix64(seed: seed)
  return Tensor(shape: shape, (0..<shape.reduce(1, *)).map { _ in generator.nextNormal() })
}
