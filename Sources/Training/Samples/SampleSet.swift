private import Foundation
package import ModelFiles

/// All samples of a data set, or of one side of it, in memory.
///
/// 256x256 samples take 200 kB each with their mask: a thousand fit in 200 MB.
package struct SampleSet: Sendable {
  package let specification: InputSpecification
  package let labels: [String]
  package let samples: [Sample]

  package init(specification: InputSpecification, labels: [String], samples: [Sample]) {
    self.specification = specification
    self.labels = labels
    self.samples = samples
  }

  /// Decodes and prepares the manifest's items, in their order, by several threads.
  /// - Parameters:
  ///   - indices: which items; nil for all.
  ///   - progress: called after each sample, from any thread.
  /// - Throws: the first item's ``TrainingError`` that cannot be used.
  package static func load(
    _ manifest: Manifest, indices: [Int]? = nil, specification: InputSpecification,
    threads: Int = 2,
    progress: @escaping @Sendable () -> Void = {}
  ) throws(TrainingError) -> SampleSet {
    let loader = try SampleLoader(specification)
    let indices = indices ?? Array(manifest.items.indices)
    let results = concurrentMap(indices.count, threads: threads) {
      position -> Result<Sample, TrainingError> in
      defer { progress() }
      do throws(TrainingError) {
        let index = indices[position]
        return .success(try loader.sample(manifest.items[index], number: index))
      } catch { return .failure(error) }
    }
    var samples: [Sample] = []
    for result in results { samples.append(try result.get()) }
    return SampleSet(specification: specification, labels: manifest.labels, samples: samples)
  }

  /// SHA-256 of the image files.
  package var fileHashes: [String] { samples.compactMap(\.sha256) }

  /// Samples of each label; those without a single label are not counted.
  package var classCounts: [Int] {
    var counts = [Int](repeating: 0, count: labels.count)
    for sample in samples { if let index = sample.classIndex { counts[index] += 1 } }
    return counts
  }

  /// The order in which an epoch visits the samples.
  package static func order(of count: Int, epoch: Int, seed: UInt64) -> [Int] {
    var order = Array(0..<count)
    var generator = SeededGenerator(
      seed: seed, streams: 0x6F72_6465, UInt64(truncatingIfNeeded: epoch))
    generator.shuffle(&order)
    return order
  }
}
