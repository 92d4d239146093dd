private import Enhancement
private import Foundation
package import Imaging

extension Image {
  /// The image as it is meant to be seen, `[channels, height, width]` in 0...1, 0 black.
  ///
  /// Grey images: stored value → Rescale → VOI lookup table, or else the first
  /// usable window (PS3.3 C.11.2) → 0...1; turned
  /// over where the smallest value is shown white (MONOCHROME1); padding is black. Without a window:
  /// - unsigned samples of at most 8 bits, and of pictures (PNG, JPEG, JPEG 2000, TIFF), are divided by
  ///   the largest value of their bits, so that an 8-bit picture and its 16-bit copy agree;
  /// - others are stretched from the 0.5th to the 99.5th percentile of the image (padding left out).
  ///
  /// Colour samples are divided by the largest value of their bits; no window applies to them.
  /// - Parameter channels: 1 for luminance (ITU-R BT.601: 0.299 R + 0.587 G + 0.114 B), 3 for RGB
  ///   (grey images repeated).
  package func displayPlanes(channels wanted: Int) -> [Float] {
    precondition(wanted == 1 || wanted == 3, "an image is shown grey or in colour")
    var planes: [Float]
    if isColor {
      let scale = 1 / largestSample
      let samples = pixels.floats()
      planes = wanted == 1 ? luminance(samples, scale) : separated(samples, scale)
    } else {
      planes = greyPlane()
      if wanted == 3 { planes = planes + planes + planes }
    }
    return planes
  }

  /// Within 0...1; not-a-number becomes 0.
  private func held(_ value: Float) -> Float { value > 0 ? (value < 1 ? value : 1) : 0 }

  /// Modality values (Rescale applied; luminance of colour), `[height, width]`: what intensities in
  /// reports are measured on.
  package func modalityValues() -> [Float] {
    let samples = pixels.floats()
    if isColor { return Luminance.plane(of: self) }
    let rescale = attributes.rescale
    guard rescale != .identity else { return samples }
    let (slope, intercept) = (Float(rescale.slope), Float(rescale.intercept))
    return samples.map { $0 * slope + intercept }
  }

  /// The largest value that the samples' bits can hold; 1 for floating point.
  private var largestSample: Float {
    if pixels.isFloatingPoint { return 1 }
    let bits = min(max(bitsStored - (pixels.isSigned ? 1 : 0), 1), 32)
    return Float((Double(sign: .plus, exponent: bits, significand: 1) - 1))
  }

  private func greyPlane() -> [Float] {
    switch pixels {
    // More digits than a Float has.
    case .uint32(let samples): greyPlane(of: samples.map { Double($0) })
    case .int32(let samples): greyPlane(of: samples.map { Double($0) })
    case .float64(let samples): greyPlane(of: samples)
    default: greyPlane(of: pixels.floats())
    }
  }

  private func greyPlane<Value: BinaryFloatingPoint>(of samples: [Value]) -> [Float] {
    let rescale = attributes.rescale
    var plane =
      if let table = attributes.voiLookupTable {
        samples.map { table(rescale(Double($0))) }
      } else {
        transfer(for: samples).apply(to: samples)
      }
    if attributes.isInverted {
      for index in plane.indices { plane[index] = 1 - plane[index] }
    }
    if let padding = attributes.padding {
      for index in plane.indices where padding.contains(Double(samples[index])) { plane[index] = 0 }
    }
    return plane
  }

  private func transfer<Value: BinaryFloatingPoint>(for samples: [Value]) -> GreyTransfer {
    let rescale = attributes.rescale
    for window in attributes.windows {
      if let transfer = GreyTransfer(window, rescale) { return transfer }
    }
    let isPicture = attributes.modality == nil && !attributes.isUnnamedModality
    let isPlain = !pixels.isSigned && !pixels.isFloatingPoint && (isPicture || bitsStored <= 8)
    let (low, high) =
      isPlain
      ? (0, Double(largestSample)) : percentiles(of: samples, excluding: attributes.padding)
    // A negative slope turns the order of values over; what is shown are modality values.
    return rescale.slope < 0
      ? GreyTransfer(from: high, to: low) : GreyTransfer(from: low, to: high)
  }

  private func luminance(_ samples: [Float], _ scale: Float) -> [Float] {
    [Float](unsafeUninitializedCapacity: width * height) { plane, count in
      samples.withUnsafeBufferPointer { rgb in
        for index in 0..<(width * height) {
          let weighted =
            Luminance.red * rgb[3 * index] + Luminance.green * rgb[3 * index + 1]
            + Luminance.blue * rgb[3 * index + 2]
          plane[index] = held(weighted * scale)
        }
      }
      count = width * height
    }
  }

  private func separated(_ samples: [Float], _ scale: Float) -> [Float] {
    let area = width * height
    return [Float](unsafeUninitializedCapacity: 3 * area) { planes, count in
      samples.withUnsafeBufferPointer { rgb in
        for channel in 0..<3 {
          for index in 0..<area {
            planes[channel * area + index] = held(rgb[3 * index + channel] * scale)
          }
        }
      }
      count = 3 * area
    }
  }
}

/// The values below which 0.5 % and 99.5 % of the finite samples lie, from 4096 equal bins.
private func percentiles<Value: BinaryFloatingPoint>(
  of samples: [Value], excluding padding: ClosedRange<Double>?
) -> (low: Double, high: Double) {
  let counted = samples.filter { value in
    value.isFinite && !(padding?.contains(Double(value)) ?? false)
  }
  guard let least = counted.min(), let most = counted.max(), least < most else { return (0, 1) }
  let bins = 4096
  var histogram = [Int](repeating: 0, count: bins)
  // Of halves, as the range of the largest numbers is none; that of the smallest has no inverse.
  let start = Double(least) / 2
  let scale = Double(bins) / (Double(most) / 2 - start)
  guard scale.isFinite else { return (0, 1) }
  for value in counted {
    histogram[min(Int((Double(value) / 2 - start) * scale), bins - 1)] += 1
  }
  let tail = counted.count / 200
  let lowBin = firstBin(in: histogram.enumerated().map { ($0, $1) }, beyond: tail)
  let highBin = firstBin(in: histogram.enumerated().reversed().map { ($0, $1) }, beyond: tail)
  let low = 2 * (start + Double(lowBin) / scale)
  let high = min(2 * (start + Double(highBin + 1) / scale), .greatestFiniteMagnitude)
  return (low, max(high, low.nextUp))
}

/// The first bin at which more than `tail` samples have been passed.
private func firstBin(in bins: [(bin: Int, count: Int)], beyond tail: Int) -> Int {
  var passed = 0
  for (bin, count) in bins {
    passed += count
    if passed > tail { return bin }
  }
  return bins.last?.bin ?? 0
}
