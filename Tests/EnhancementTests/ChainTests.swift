import Enhancement
import Imaging
import Testing

/// The text form of enhancements.
struct ChainTests {
  @Test func parametersAreSpelledOut() throws {
    let chain = try EnhancementChain(parsing: ["clahe", "nlm:distance=5,h=2.50", "window"])
    #expect(chain.steps == ["clahe:clip=2,tiles=8", "nlm:h=2.5,patch=7,distance=5", "window"])
    #expect(try EnhancementChain(parsing: chain.steps) == chain)
  }

  @Test func unknownNamesListWhatThereIs() {
    #expect(throws: EnhancementError.unknownMethod("clahee", known: EnhancementCatalog.names())) {
      try EnhancementChain(parsing: ["clahee:clip=2"])
    }
    #expect(EnhancementCatalog.names(.denoise) == ["median", "nlm", "gaussian"])
  }

  @Test(arguments: [
    "median:radius=2", "median:size=4", "median:size=3.5", "median:size=99", "median:size",
    "median:", "clahe:clip=nan", "clahe:clip=-1", "clahe:tiles=", "percentile:low=60,high=40",
    "window:center=3", "nlm:patch=2",
  ])
  func badParametersAreNamed(step: String) {
    #expect(throws: EnhancementError.self) { try EnhancementChain(parsing: [step]) }
  }

  @Test func historyRecordsWhatTheImageSupplied() throws {
    var image = TestImages.grey8(8, 8)
    image.attributes.windows = [Window(center: 40, width: 400)]
    let result = try EnhancementChain(parsing: ["median", "window"]).apply(to: image)
    #expect(result.attributes.history == ["median:size=3", "window:center=40,width=400"])
  }

  @Test func noStepsChangeNothing() throws {
    let image = TestImages.grey16(5, 4)
    #expect(try EnhancementChain(parsing: []).apply(to: image) == image)
  }
}
