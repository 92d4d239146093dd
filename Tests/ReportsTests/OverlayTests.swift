import Imaging
import Testing

@testable import Reports

/// Outlines follow masks, and drawings can be seen.
@Suite struct ContourTests {
  @Test func onePixelHasOneLoopOfFourMidpoints() {
    var mask = Mask(width: 3, height: 3)
    mask.pixels[4] = 1
    let contours = Contour.tracing(mask)
    #expect(contours.count == 1 && contours[0].points.count == 4)
    #expect(contours[0].points.contains(.init(x: 1.5, y: 1)))
  }

  @Test func diagonalNeighboursShareOneOutline() {
    let mask = Mask(width: 2, height: 2, pixels: [1, 0, 0, 1])
    #expect(Contour.tracing(mask).count == 1)
    #expect(Contour.tracing(Mask(width: 2, height: 2, pixels: [0, 1, 1, 0])).count == 1)
  }

  @Test func holesAreOutlinedToo() {
    var mask = Mask(width: 5, height: 5, pixels: [UInt8](repeating: 1, count: 25))
    mask.pixels[12] = 0
    #expect(Contour.tracing(mask).count == 2)
  }

  @Test func everyEdgeIsWalkedOnce() {
    var state: UInt64 = 7
    for _ in 0..<50 {
      var mask = Mask(width: 12, height: 9)
      for index in mask.pixels.indices {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        mask.pixels[index] = UInt8(state >> 63)
      }
      let loops = PixelEdges(of: mask).loops(joiningCorners: true)
      #expect(loops.reduce(0) { $0 + $1.count } == edges(of: mask))
      // Twice the signed area of the loops is twice the number of pixels: holes count negative.
      let doubled = loops.reduce(0) { sum, loop in
        sum
          + loop.indices.reduce(0) { area, index in
            let (a, b) = (loop[index], loop[(index + 1) % loop.count])
            return area + a.x * b.y - b.x * a.y
          }
      }
      #expect(doubled == 2 * mask.area)
    }
  }

  @Test func simplifyingKeepsTheShape() {
    var mask = Mask(width: 60, height: 60)
    for y in 0..<60 {
      for x in 0..<60 where (x - 30) * (x - 30) + (y - 30) * (y - 30) < 400 {
        mask.pixels[y * 60 + x] = 1
      }
    }
    let full = Contour.tracing(mask)[0]
    let simple = full.simplified(tolerance: 0.3)
    #expect(simple.points.count < full.points.count / 2)
    for point in full.points {
      let nearest = simple.points.indices.map { index in
        point.distance(
          toSegment: simple.points[index], simple.points[(index + 1) % simple.points.count])
      }.min()
      #expect((nearest ?? 1) <= 0.31)
    }
  }

  private func edges(of mask: Mask) -> Int {
    func at(_ x: Int, _ y: Int) -> UInt8 {
      x >= 0 && y >= 0 && x < mask.width && y < mask.height ? mask.pixels[y * mask.width + x] : 0
    }
    var count = 0
    for y in -1..<mask.height {
      for x in -1..<mask.width {
        if at(x, y) != at(x + 1, y) { count += 1 }
        if at(x, y) != at(x, y + 1) { count += 1 }
      }
    }
    return count
  }
}

@Suite struct OverlayTests {
  @Test(arguments: [UInt8(0), 128, 255])
  func outlineShowsOnEveryGrey(grey: UInt8) throws {
    let image = Image(
      width: 300, height: 300, pixels: .uint8([UInt8](repeating: grey, count: 90_000)))
    var mask = Mask(width: 300, height: 300)
    for y in 100..<200 { for x in 100..<200 { mask.pixels[y * 300 + x] = 1 } }
    let overlay = Overlay.render(image, mask: mask, isSuspicious: true)
    guard case .uint8(let rgb) = overlay.pixels else {
      Issue.record("an overlay is 8-bit")
      return
    }
    #expect(overlay.width == 300 && overlay.height == 300 && overlay.channels == 3)
    let onLine = rgb[(150 * 300 + 100) * 3] > 200 && rgb[(150 * 300 + 100) * 3 + 2] < 100
    #expect(onLine)
    // Untouched inside and outside.
    #expect(rgb[(150 * 300 + 150) * 3] == grey && rgb[0] == grey)
  }

  @Test func smallImagesAreEnlarged() {
    let image = Image(width: 28, height: 20, pixels: .uint8([UInt8](repeating: 9, count: 560)))
    let overlay = Overlay.render(image, mask: Mask(width: 28, height: 20), isSuspicious: false)
    #expect(overlay.width == 280 && overlay.height == 200)
  }

  @Test func scaleBarIsRoundAndFits() {
    let picture = Picture(
      width: 480, height: 360,
      planes: [[], [], []].map { (_: [Float]) in [Float](repeating: 0, count: 172_800) })
    let bar = ScaleBar(millimetersPerPixel: 0.1, in: picture)
    #expect(bar?.millimeters == 10 && bar?.length == 100)
    #expect(ScaleBar(millimetersPerPixel: 50, in: picture) == nil)
  }
}
