internal import Imaging

/// A picture to draw on: planes of 0...1, one for grey or three for RGB.
struct Picture {
  let width: Int
  let height: Int
  /// `[channels][height * width]`
  var planes: [[Float]]

  /// An 8-bit image of it.
  var image: Image {
    let channels = planes.count
    let bytes = [UInt8](unsafeUninitializedCapacity: width * height * channels) { bytes, count in
      for (channel, plane) in planes.enumerated() {
        plane.withUnsafeBufferPointer { plane in
          for index in 0..<(width * height) {
            let value = min(max(plane[index], 0), 1) * 255 + 0.5
            bytes[index * channels + channel] = UInt8(value)
          }
        }
      }
      count = width * height * channels
    }
    return Image(width: width, height: height, channels: channels, pixels: .uint8(bytes))
  }

  /// Mixes a colour into one pixel.
  mutating func blend(_ color: Color, at index: Int, opacity: Float) {
    planes[0][index] += (color.red - planes[0][index]) * opacity
    planes[1][index] += (color.green - planes[1][index]) * opacity
    planes[2][index] += (color.blue - planes[2][index]) * opacity
  }
}

/// A colour, each part 0...1.
struct Color: Equatable {
  var red: Float
  var green: Float
  var blue: Float

  static let black = Color(red: 0, green: 0, blue: 0)
  static let white = Color(red: 1, green: 1, blue: 1)
  /// Lesions of images that call for a second look.
  static let suspicious = Color(red: 1, green: 0.42, blue: 0.24)
  /// Other lesions.
  static let lesion = Color(red: 0.20, green: 0.86, blue: 0.92)
}
