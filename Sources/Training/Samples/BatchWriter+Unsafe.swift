private import Dispatch

/// Fills a network's input with samples, several threads at once; what it writes does not depend on
/// how many.
package final class BatchWriter {
  private let augmenter: Augmenter
  private let workspaces: [AugmentationWorkspace]
  private let area: Int

  /// - Parameter threads: at least 1.
  package init(_ augmenter: Augmenter, threads: Int) {
    self.augmenter = augmenter
    let (width, height) = (augmenter.specification.width, augmenter.specification.height)
    workspaces = (0..<max(threads, 1)).map { _ in
      AugmentationWorkspace(width: width, height: height)
    }
    area = width * height
  }

  /// - Parameters:
  ///   - epoch: nil for the samples as they are, normalised.
  ///   - images: takes `[N, H, W, 1]`, the same as `[N, 1, H, W]`, normalised.
  ///   - lesions: takes `[N, H, W, 1]`, each 0 or 1; zeros where a sample's is not known.
  package func write(
    _ samples: [Sample], epoch: Int?, images: UnsafeMutableBufferPointer<Float>,
    lesions: UnsafeMutableBufferPointer<Float>
  ) {
    let (count, area) = (samples.count, area)
    precondition(
      images.count == count * area && lesions.count == count * area,
      "the batch's memory must match its samples")
    let (workers, augmenter) = (min(workspaces.count, count), augmenter)
    guard workers > 0 else { return }
    // Safe: worker k alone uses workspace k and writes samples k, k + workers, ...; the buffers
    // outlive the call, which returns when all workers have.
    nonisolated(unsafe) let (workspaces, images, lesions) = (workspaces, images, lesions)
    DispatchQueue.concurrentPerform(iterations: workers) { worker in
      for index in stride(from: worker, to: count, by: workers) {
        let range = (index * area)..<((index + 1) * area)
        augmenter.write(
          samples[index], epoch: epoch,
          image: UnsafeMutableBufferPointer(rebasing: images[range]),
          lesion: UnsafeMutableBufferPointer(rebasing: lesions[range]),
          workspace: workspaces[worker])
      }
    }
  }
}
