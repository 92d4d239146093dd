// A plan for running takes all its memory when it is made.
import CAllocationCount
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

  /// Every convolution path, pooling, dense layers and resizing, on the calling thread and shared.
  @Test(arguments: [1, 2])
  func `a repeated run allocates nothing`(threads: Int) throws {
    var settings = UNetSettings()
    (settings.width, settings.height) = (64, 64)
    settings.widths = [16, 32, 64]
    let plan = try InferencePlan(
      graph: unet(settings, seed: 1), inputShape: [1, 1, 64, 64], threads: threads)
    plan.runInPlace()
    let before = imgdx_allocation_count()
    for _ in 0..<1000 / (threads * 10) { plan.runInPlace() }
    #expect(imgdx_allocation_count() == before)
  }
}
