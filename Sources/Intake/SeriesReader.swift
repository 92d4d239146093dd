package import DICOM
package import Imaging

/// The slices of a series in their order, decoded one at a time: no more of a volume is in memory than
/// the slice that was asked for and the file it came from.
package final class SeriesReader {
  package let series: Series
  private let limits: Limits
  /// The file of the slice before: enhanced objects hold many slices.
  private var current: ImageFile?

  package init(_ series: Series, limits: Limits = Limits()) {
    self.series = series
    self.limits = limits
  }

  /// Collects the series of the DICOM images below `folder`, in the order of
  /// ``DICOM/SeriesCollector/series``. Pictures of other formats and objects without an image are
  /// passed over.
  /// - Throws: the first error of a file that may be a slice, as a volume must not lack one unnoticed.
  package static func series(in folder: String, limits: Limits = Limits()) throws(IntakeError)
    -> [Series]
  {
    var collector = SeriesCollector()
    var failure: IntakeError?
    ImageDiscovery.walk(folder, unreadable: { failure = failure ?? $0 }) { path in
      guard failure == nil else { return }
      do throws(IntakeError) {
        let file = try ImageFile(path: path, limits: limits)
        if let object = file.dicom { collector.add(object, path: path) }
      } catch {
        if case .unsupported = error { return }
        failure = error
      }
    }
    if let failure { throw failure }
    return collector.series
  }

  /// The values that slice `index` (from 0) stores: no rescale, no palette, no colour conversion.
  package func storedFrame(_ index: Int) throws(IntakeError) -> StoredFrame {
    try file(of: index).storedFrame(series.slices[index].frame)
  }

  /// Slice `index` (from 0), colour resolved to grey or RGB.
  package func frame(_ index: Int) throws(IntakeError) -> Image {
    try file(of: index).frame(series.slices[index].frame)
  }

  private func file(of index: Int) throws(IntakeError) -> ImageFile {
    let path = series.slices[index].path
    if let current, current.path == path { return current }
    current = nil
    let file = try ImageFile(path: path, limits: limits)
    current = file
    return file
  }
}
