import Imaging
import Simulation
import Testing

/// What every simulated picture must hold to, and the signs that tell the findings apart.
struct SimulatedUltrasoundTests {
  private func picture(
    _ finding: SimulatedUltrasound.Finding, _ seed: UInt64, frame: Int = 0
  ) -> SimulatedUltrasound {
    SimulatedUltrasound(finding: finding, seed: seed, width: 128, height: 96, frame: frame)
  }

  @Test func theSameSeedGivesTheSamePicture() {
    let (one, two) = (picture(.malignant, 5), picture(.malignant, 5))
    #expect(one.brightness == two.brightness)
    #expect(one.mask == two.mask)
    #expect(one.brightness != picture(.malignant, 6).brightness)
  }

  @Test func framesShareAnatomyButNotSpeckle() {
    let (one, two) = (picture(.benign, 5), picture(.benign, 5, frame: 1))
    #expect(one.mask == two.mask)
    #expect(one.brightness != two.brightness)
  }

  @Test func onlyNormalPicturesHaveAnEmptyMask() {
    for seed: UInt64 in 0..<20 {
      #expect(picture(.normal, seed).mask.area == 0)
      for finding in [SimulatedUltrasound.Finding.benign, .malignant] {
        let share = Double(picture(finding, seed).mask.area) / (128 * 96)
        #expect(share > 0.002 && share < 0.5, "\(finding) \(seed): \(share)")
      }
    }
  }

  @Test func lesionsAreDarkerThanWhatIsAroundThem() {
    var darker = 0
    for seed: UInt64 in 0..<20 {
      let picture = picture(seed % 2 == 0 ? .benign : .malignant, seed)
      var (inside, outside) = (0.0, 0.0)
      for (value, isLesion) in zip(picture.brightness, picture.mask.pixels) {
        if isLesion == 1 { inside += Double(value) } else { outside += Double(value) }
      }
      let area = Double(picture.mask.area)
      if inside / area < outside / (128 * 96 - area) { darker += 1 }
    }
    #expect(darker >= 19)
  }

  @Test func sixteenBitsHoldMoreLevels() {
    guard case .uint16(let samples) = picture(.normal, 1).image(bits: 16).pixels else {
      Issue.record("16 bits were asked for")
      return
    }
    #expect(Set(samples).count > 1000)
  }
}
