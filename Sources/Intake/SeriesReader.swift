package import DICOM
package import Imaging

/// The slices of a series in their order, decoded one at a time: no more of a volume is in memory than
/// the slice that was asked for and the last few files.
package final class SeriesReader {
  package let series: Series
  private let limits: Limits
  /// The files of the slices before, the last one at the end: enhanced objects hold many slices, and
  /// those of several objects may lie between each other.
  private var recent: [(path: String, file: DICOMFile)] = []
  private static let mostRecent = 4

  package init(_ series: Series, limits: Limits = Limits()) {
    self.series = series
    self.limits = limits
  }

  /// Collects the series of the DICOM images below `folder`, in the order of
  /// ``DICOM/SeriesCollector/series``. Pictures of other formats and objects that are no images
  /// (reports, plans, indexes) are passed over.
  /// - Throws: the first error of a file that may be a slice, by its content or its name, as a
  ///   volume must not lack one unnoticed.
  package static func series(in folder: String, limits: Limits = Limits()) throws(IntakeError)
    -> [Series]
  {
    var collector = SeriesCollector()
    var failure: IntakeError?
    ImageDiscovery.walk(folder, includesNamed: true, unreadable: { failure = failure ?? $0 }) {
      path in
      guard failure == nil, ImageDiscovery.mayBeDICOM(path) else { return }
      do throws(IntakeError) {
        guard let image = try image(in: path, limits: limits) else { return }
        guard collector.add(image, path: path) else {
          throw .damaged(
            path: path,
            reason: "it has no Study or Series Instance UID, and may be a slice of any series")
        }
      } catch { failure = error }
    }
    if let failure { throw failure }
    return collector.series
  }

  /// The values that slice `index` (from 0) stores: no rescale, no palette, no colour conversion.
  package func storedFrame(_ index: Int) throws(IntakeError) -> StoredFrame {
    try decode(index) { file, frame throws(DICOMError) in try file.storedFrame(frame) }
  }

  /// Slice `index` (from 0), colour resolved to grey or RGB.
  package func frame(_ index: Int) throws(IntakeError) -> Image {
    try decode(index) { file, frame throws(DICOMError) in try file.image(frame) }
  }

  private func decode<Frame>(
    _ index: Int, _ decoder: (DICOMFile, Int) throws(DICOMError) -> Frame
  ) throws(IntakeError) -> Frame {
    let slice = series.slices[index]
    let file = try file(slice.path)
    do throws(DICOMError) {
      return try decoder(file, slice.frame)
    } catch { throw IntakeError(error, path: slice.path) }
  }

  private func file(_ path: String) throws(IntakeError) -> DICOMFile {
    if let known = recent.firstIndex(where: { $0.path == path }) {
      recent.append(recent.remove(at: known))
      return recent[recent.count - 1].file
    }
    if recent.count == SeriesReader.mostRecent { recent.removeFirst() }
    guard let file = try SeriesReader.image(in: path, limits: limits) else {
      throw .damaged(path: path, reason: "the image that it held is gone")
    }
    recent.append((path, file))
    return file
  }

  /// Nil for a DICOM object that is no image.
  private static func image(in path: String, limits: Limits) throws(IntakeError) -> DICOMFile? {
    let source = try ImageFile.contents(of: path, limits: limits)
    do throws(DICOMError) {
      return try DICOMFile(source, limits: limits.dicom)
    } catch {
      switch error {
      case .notAnImage: return nil
      case .notDICOM:
        throw .damaged(path: path, reason: "it is named like a DICOM file and is none")
      default: throw IntakeError(error, path: path)
      }
    }
  }
}
