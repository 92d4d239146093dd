// A plan for running takes all its memory when it is made.
import CSandbox
import Networks
import Tensors
import Testing

@Suite struct AllocationTests {
  @Test func `the counter counts`() {
    let before = imgdx_allocation_count()
    let storage = FloatStorage(count: 1000)
    #expect(imgdx_allocation_count() > before)
    #expect(storage.floats[999] == 0)
  }

  @Test func `large memory is zero from end to end`() {
    let count = 3 << 20 | 5
    let storage = FloatStorage(count: count)
    #expect(UInt(bitPattern: storage.floats) % 64 == 0)
    let isZero = (0..<count).allSatisfy { storage.floats[$0] == 0 }
    #expect(isZero)
    storage.floats[count - 1] = 1
    #expect(storage.floats[count - 1] == 1)
  }

  /// Convolutions of several kinds, pooling, a dense layer and resizing. On several threads each
  /// shared loop takes a few bytes for its closure, and gives them back.
  @Test func `a repeated run allocates nothing`() throws {
    var settings = UNetSettings()
    (settings.width, settings.height) = (64, 64)
    settings.widths = [16, 32, 64]
    let plan = try InferencePlan(
      graph: unet(settings, seed: 1), inputShape: [1, 1, 64, 64], threads: 1)
    plan.runInPlace()
    let before = imgdx_allocation_count()
    for _ in 0..<100 { plan.runInPlace() }
    #expect(imgdx_allocation_count() == before)
  }
}
