// The convolution written as its formula: the reference for every fast path.
import Networks
import Tensors

/// x `[N, C, H, W]`, w `[O, C / groups, kh, kw]`; sums in double.
func naiveConvolution(
  _ x: Tensor, _ w: Tensor, bias: [Float]?, stride: Int = 1, padding: Int, dilation: Int = 1,
  groups: Int = 1
) -> Tensor {
  let (n, c, h, v) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3])
  let (o, kh, kw) = (w.shape[0], w.shape[2], w.shape[3])
  let oh = (h + 2 * padding - (kh - 1) * dilation - 1) / stride + 1
  let ow = (v + 2 * padding - (kw - 1) * dilation - 1) / stride + 1
  let (inputs, outputs) = (c / groups, o / groups)
  let (xs, ws) = (x.values, w.values)
  var y = [Float]()
  for image in 0..<n {
    for out in 0..<o {
      for i in 0..<oh {
        for j in 0..<ow {
          var sum = Double(bias?[out] ?? 0)
          for channel in 0..<inputs {
            let plane = image * c + out / outputs * inputs + channel
            for ky in 0..<kh {
              for kx in 0..<kw {
                let row = i * stride + ky * dilation - padding
                let column = j * stride + kx * dilation - padding
                guard row >= 0, row < h, column >= 0, column < v else { continue }
                sum +=
                  Double(xs[(plane * h + row) * v + column])
                  * Double(ws[((out * inputs + channel) * kh + ky) * kw + kx])
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
