import Imaging
import Testing

struct PixelBufferTests {
  /// `map(Float.init)` on 32-bit integers read them as bit patterns of floats.
  @Test func integersBecomeFloatsByValue() {
    #expect(PixelBuffer.uint32([0, 1, 4_000_000_000]).floats() == [0, 1, 4e9])
    #expect(PixelBuffer.int32([-7, 1]).floats() == [-7, 1])
    #expect(PixelBuffer.int16([-7, 1]).floats() == [-7, 1])
  }
}
