import Foundation
import Testing

@testable import Training

struct SplitTests {
  /// 300 images of 180 patients, labels 3 : 2 : 1.
  private func manifest(reversed: Bool = false, split: (Int) -> SplitName? = { _ in nil })
    -> Manifest
  {
    let items = (0..<300).map { index in
      let patient = index < 240 ? index / 2 : index
      let label = [0, 0, 0, 1, 1, 2][patient % 6]
      return ManifestItem(
        line: index + 2, name: "\(index).png", image: "\(index).png", mask: nil,
        targets: (0..<3).map { $0 == label }, patientID: "p\(patient)", split: split(index),
        weight: 1, others: [:])
    }
    return Manifest(
      path: "set.csv", columns: ["image"], labels: ["a", "b", "c"],
      items: reversed ? items.reversed() : items)
  }

  private func names(_ manifest: Manifest, _ indices: [Int]) -> Set<String> {
    Set(indices.map { manifest.items[$0].name })
  }

  @Test func everySideIsGroupedAndStratified() throws {
    let manifest = manifest()
    let split = try manifest.split(validationShare: 0.2, testShare: 0.1, seed: 7)
    let sides = [split.train, split.validation, split.test]
    #expect(sides.map(\.count).reduce(0, +) == 300 && Set(sides.joined()).count == 300)
    let patients = sides.map { Set($0.compactMap { manifest.items[$0].patientID }) }
    #expect(patients[0].isDisjoint(with: patients[1]) && patients[1].isDisjoint(with: patients[2]))
    #expect(patients[0].isDisjoint(with: patients[2]))
    for (side, share) in zip(sides, [0.7, 0.2, 0.1]) {
      for label in 0..<3 {
        let all = manifest.items.count { $0.classIndex == label }
        let here = side.count { manifest.items[$0].classIndex == label }
        #expect(abs(Double(here) - share * Double(all)) <= 2, "label \(label), share \(share)")
      }
    }
  }

  @Test func dependsOnSeedAndNamesAlone() throws {
    let (one, other) = (manifest(), manifest(reversed: true))
    let split = try one.split(seed: 1)
    #expect(try one.split(seed: 1) == split)
    #expect(try one.split(seed: 2) != split)
    #expect(names(one, split.validation) == names(other, try other.split(seed: 1).validation))
  }

  @Test func foldsCoverEverythingOnce() throws {
    let manifest = manifest()
    let folds = try manifest.folds(5, seed: 3)
    #expect(folds.joined().sorted() == Array(0..<300))
    for (index, fold) in folds.enumerated() {
      #expect(abs(fold.count - 60) <= 2)
      let patients = Set(fold.compactMap { manifest.items[$0].patientID })
      for other in folds[(index + 1)...] {
        #expect(patients.isDisjoint(with: other.compactMap { manifest.items[$0].patientID }))
      }
    }
    #expect(throws: TrainingError.self) { try manifest.folds(1, seed: 3) }
    #expect(throws: TrainingError.self) { try manifest.folds(181, seed: 3) }
  }

  @Test func respectsTheSplitColumn() throws {
    let three = manifest { [.train, .validation, .test][$0 / 100] }
    let split = try three.split(seed: 1)
    #expect(split.train == Array(0..<100) && split.validation == Array(100..<200))
    let two = manifest { $0 < 200 ? .train : .test }
    let drawn = try two.split(validationShare: 0.2, seed: 1)
    #expect(drawn.test == Array(200..<300) && drawn.validation.count == 40)
    #expect(drawn.validation.allSatisfy { $0 < 200 })
  }

  @Test func aWrittenSplitReadsBackTheSame() throws {
    let text =
      "image,label,patient_id,note\na.png,x,p,\"1, 2\"\nb.png,y,q,\nc.png,x,r,\nd.png,y,s,\n"
    let manifest = try Manifest(parsing: Array(text.utf8), path: "/data/set.csv")
    let split = try manifest.split(validationShare: 0.25, testShare: 0.25, seed: 1)
    let written = manifest.text(with: split)
    let again = try Manifest(parsing: Array(written.utf8), path: "/elsewhere/split.csv")
    #expect(try again.split(seed: 99) == split)
    #expect(again.items.map(\.image) == manifest.items.map(\.image))
    #expect(again.items.map(\.targets) == manifest.items.map(\.targets))
    #expect(again.items[0].others["note"] == "1, 2")
  }

  @Test func tooFewPatientsAreSaid() throws {
    let single = manifest().selecting([0, 1])
    #expect(throws: TrainingError.self) { try single.split(validationShare: 0.5, seed: 1) }
    #expect(throws: TrainingError.self) { try single.split(validationShare: 1, seed: 1) }
  }

  @Test func generatorIsSplitMix64() {
    // First outputs for state 1234567, from the reference implementation's published test vector.
    var generator = SeededGenerator(state: 1_234_567)
    #expect(generator.next() == 6_457_827_717_110_365_317)
    #expect(generator.next() == 3_203_168_211_198_807_973)
    var one = SeededGenerator(seed: 1, streams: 2, 3)
    var other = SeededGenerator(seed: 1, streams: 3, 2)
    #expect(one.next() != other.next())
  }

  @Test func normalNumbersHaveTheirMoments() {
    var generator = SeededGenerator(seed: 5)
    let values = (0..<20_000).map { _ in Double(generator.normal()) }
    let mean = values.reduce(0, +) / 20_000
    let variance = values.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / 20_000
    #expect(abs(mean) < 0.02 && abs(variance - 1) < 0.03)
  }
}
