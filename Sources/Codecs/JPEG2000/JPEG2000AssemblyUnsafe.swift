internal import COpenJPEG
private import Foundation
internal import Imaging

/// Puts the component planes of a picture, or of strips of it, together by pixel, each freed as soon
/// as it is copied.
struct JPEG2000Assembly {
  /// The picture without its samples.
  private let description: JPEG2000Pixels
  private let format: ImageFormat
  private let room: Room

  /// Samples of a type that only the first part tells: the closures share the array.
  private struct Room {
    /// Takes over a component, the samples of which are the given ones of each pixel, into rows. The
    /// first component has a sample for each pixel.
    let fill: (opj_image_comp_t, _ first: opj_image_comp_t, Int, Range<Int>) -> Void
    let finish: () -> PixelBuffer
  }

  /// - Parameter image: the first part, which tells what the samples are.
  init(_ image: opj_image_t, _ header: JPEG2000Header) throws(CodecError) {
    format = header.format
    let count = Int(image.numcomps)
    guard let components = image.comps, (1...JPEG2000Header.maximumComponents).contains(count)
    else { throw .unsupported(format, reason: "it has \(image.numcomps) components") }
    let precision = Int(components[0].prec)
    let isSigned = components[0].sgnd != 0
    guard (1...31).contains(precision) else {
      throw .unsupported(format, reason: "it has \(precision) bits a sample")
    }
    // The library moves channels to their colours; what is none is last then, and may have lost its type.
    let extra = (0..<count).first { components[$0].alpha != 0 } ?? count - 1
    description = JPEG2000Pixels(
      width: header.width, height: header.height, samples: count, precision: precision,
      isSigned: isSigned, extra: extra, opacity: header.opacity,
      space: JPEG2000Assembly.space(image), pixels: .uint8([]))
    room =
      switch (precision, isSigned) {
      case (...8, false): JPEG2000Assembly.room(description) { .uint8($0) }
      case (...8, true): JPEG2000Assembly.room(description) { .int8($0) }
      case (...16, false): JPEG2000Assembly.room(description) { .uint16($0) }
      case (...16, true): JPEG2000Assembly.room(description) { .int16($0) }
      case (_, false): JPEG2000Assembly.room(description) { .uint32($0) }
      case (_, true): JPEG2000Assembly.room(description) { .int32($0) }
      }
  }

  private static func space(_ image: opj_image_t) -> JPEG2000Pixels.Space {
    switch image.color_space {
    case OPJ_CLRSPC_SYCC: .ycc
    case OPJ_CLRSPC_CMYK: .inks
    case OPJ_CLRSPC_EYCC: .other("e-YCC")
    // The parameters of CIELab stand where a profile would, with no length.
    case _ where image.icc_profile_buf != nil && image.icc_profile_len == 0: .other("CIELab")
    default: .plain
    }
  }

  /// The picture, once all its parts were added.
  var picture: JPEG2000Pixels {
    var picture = description
    picture.pixels = room.finish()
    return picture
  }

  /// Takes over the rows that `image` holds, from `firstRow` of the picture on.
  /// - Parameter rows: how many it must hold.
  func add(_ image: opj_image_t, firstRow: Int, rows: Int) throws(CodecError) {
    guard let components = image.comps, Int(image.numcomps) == description.samples else {
      throw .corrupt(format, reason: "its parts differ")
    }
    guard Int(components[0].w) == description.width, Int(components[0].h) == rows,
      firstRow + rows <= description.height
    else {
      throw .corrupt(format, reason: "the picture has another size than the header says")
    }
    for index in 0..<description.samples {
      let component = components[index]
      guard Int(component.prec) == description.precision,
        (component.sgnd != 0) == description.isSigned
      else {
        throw .unsupported(format, reason: "its components differ in precision or sign")
      }
      guard component.data != nil, component.w > 0, component.h > 0 else {
        throw .truncated(format)
      }
      guard Int(component.w) <= description.width, Int(component.h) <= rows else {
        throw .unsupported(format, reason: "a later component is larger than the first")
      }
      room.fill(component, components[0], index, firstRow..<(firstRow + rows))
      opj_image_data_free(component.data)
      components[index].data = nil
    }
  }

  private static func room<Sample: FixedWidthInteger>(
    _ description: JPEG2000Pixels, _ wrap: @escaping ([Sample]) -> PixelBuffer
  ) -> Room {
    let (width, count) = (description.width, description.samples)
    // Left unset so that memory is taken only as rows arrive. Safe: every row is filled before the
    // picture is asked for, and numbers have no invalid bits.
    var samples = [Sample](unsafeUninitializedCapacity: width * description.height * count) {
      $1 = width * description.height * count
    }
    return Room(
      fill: { component, first, index, rows in
        guard let data = component.data else { return }
        let (columns, lines) = (Int(component.w), Int(component.h))
        samples.withUnsafeMutableBufferPointer { out in
          // Safe: `add` has checked that the rows lie within the picture, and the component's size.
          for y in rows {
            let line =
              data + row(y - rows.lowerBound, in: component, of: first, lines) * columns
            var target = y * width * count + index
            for x in 0..<width {
              let sample = columns == width ? x : column(x, in: component, of: first, columns)
              out[target] = Sample(truncatingIfNeeded: line[sample])
              target += count
            }
            if columns == width { release(data, after: y - rows.lowerBound, columns) }
          }
        }
      },
      finish: { wrap(samples) })
  }

  /// The sample of a component that a column of the first one lies on: components have one for each
  /// `dx` points of the reference grid (ISO/IEC 15444-1 B.2).
  private static func column(
    _ x: Int, in component: opj_image_comp_t, of first: opj_image_comp_t, _ count: Int
  ) -> Int {
    let point = (Int(first.x0) + x) * Int(first.dx)
    return min(max(point / max(Int(component.dx), 1) - Int(component.x0), 0), count - 1)
  }

  /// The same of rows.
  private static func row(
    _ y: Int, in component: opj_image_comp_t, of first: opj_image_comp_t, _ count: Int
  ) -> Int {
    let point = (Int(first.y0) + y) * Int(first.dy)
    return min(max(point / max(Int(component.dy), 1) - Int(component.y0), 0), count - 1)
  }

  /// Bytes that are given back at once: whole pages.
  private static let releasedBytes = 1 << 20

  /// Gives copied samples' memory back whenever the end of a row passes another piece of it: plane
  /// and picture are then never both in memory.
  private static func release(_ data: UnsafeMutablePointer<Int32>, after row: Int, _ columns: Int) {
    let start = Int(bitPattern: data)
    let before = (start + row * columns * 4) / releasedBytes
    let now = (start + (row + 1) * columns * 4) / releasedBytes
    for piece in before..<now where piece * releasedBytes >= start {
      // Safe: the piece lies inside the plane and is not read again before the plane is freed.
      _ = madvise(
        UnsafeMutableRawPointer(bitPattern: piece * releasedBytes), releasedBytes, MADV_DONTNEED)
    }
  }
}
