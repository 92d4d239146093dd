internal import Imaging

/// Work on one plane `[height, width]` of whatever sample type.
protocol PlaneTransform {
  func callAsFunction<Sample: PixelSample>(_ plane: [Sample]) -> [Sample]
}

/// Takes an image's samples apart into planes, works on each, and puts them together again.
///
/// Padding is replaced by its nearest neighbours first, so that it does not bleed into the picture,
/// and put back afterwards.
struct PlanesTransform<Work: PlaneTransform>: SampleTransform {
  private let channels: Int
  private let width: Int
  private let isPadding: [Bool]
  private let work: Work

  init(_ image: Image, _ work: (_ width: Int, _ height: Int) -> Work) {
    channels = image.channels
    width = image.width
    isPadding = GreyLevels.padding(of: image)
    self.work = work(image.width, image.height)
  }

  func callAsFunction<Sample: PixelSample>(_ samples: [Sample]) -> [Sample] {
    if channels == 1 {
      guard !isPadding.isEmpty else { return work(samples) }
      var result = work(fillingPadding(samples))
      for index in result.indices where isPadding[index] { result[index] = samples[index] }
      return result
    }
    var result = samples
    for channel in 0..<channels {
      let plane = stride(from: channel, to: samples.count, by: channels).map { samples[$0] }
      for (pixel, value) in work(plane).enumerated() {
        result[pixel * channels + channel] = value
      }
    }
    return result
  }

  /// Each padding pixel takes the last picture pixel before it in its row, else the first after it;
  /// rows of padding alone repeat the row above, the first ones the row below.
  private func fillingPadding<Sample>(_ samples: [Sample]) -> [Sample] {
    var filled = samples
    let height = samples.count / width
    var isEmptyRow = [Bool](repeating: false, count: height)
    for y in 0..<height {
      let row = (y * width)..<((y + 1) * width)
      guard let first = row.first(where: { !isPadding[$0] }) else {
        isEmptyRow[y] = true
        continue
      }
      var last = samples[first]
      for index in row {
        if isPadding[index] { filled[index] = last } else { last = samples[index] }
      }
    }
    guard let firstRow = isEmptyRow.firstIndex(of: false) else { return samples }
    for y in 0..<height where isEmptyRow[y] {
      let from = (y < firstRow ? firstRow : y - 1) * width
      for x in 0..<width { filled[y * width + x] = filled[from + x] }
    }
    return filled
  }
}

/// A plane transform that computes in `Float` and rounds to the sample type.
struct FloatTransform: PlaneTransform {
  let body: ([Float]) -> [Float]

  func callAsFunction<Sample: PixelSample>(_ plane: [Sample]) -> [Sample] {
    body(plane.map { $0.asFloat }).map(Sample.init(nearest:))
  }
}

extension Image {
  /// The image after a filter on each plane in `Float`.
  func filtered(_ body: @escaping (_ plane: [Float]) -> [Float]) -> Image {
    let transform = PlanesTransform(self) { _, _ in FloatTransform(body: body) }
    return replacingPixels(pixels.transformed(by: transform))
  }
}
