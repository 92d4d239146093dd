internal import Codecs
package import DICOM
package import Files
package import Imaging

/// An opened image file: what it is, and its frames one at a time.
package final class ImageFile {
  package let path: String
  package let facts: ImageFacts
  private let content: Content
  /// A DICOM file as it was read; its data set may be an inflated copy.
  private let source: FileBytes?
  private var knownDigest: Digest?
  private let limits: Limits

  private enum Content {
    case dicom(DICOMFile)
    case picture([UInt8], CodecHeader)
  }

  /// Opens a PNG, JPEG, JPEG 2000, TIFF or DICOM file, told by content; "-" is standard input. Sizes are
  /// checked against `limits` before memory is taken for pixels.
  package convenience init(path: String, limits: Limits = Limits()) throws(IntakeError) {
    let source = try ImageFile.contents(of: path, limits: limits)
    try self.init(source, digest: nil, path: path, limits: limits)
  }

  /// The same from bytes that were read already.
  /// - Parameter digest: of `source`, where it is known.
  package init(_ source: FileBytes, digest: Digest?, path: String, limits: Limits)
    throws(IntakeError)
  {
    self.path = path
    self.limits = limits
    knownDigest = digest
    content = try ImageFile.content(of: source, path: path, limits: limits)
    if case .dicom = content { self.source = source } else { self.source = nil }
    facts =
      switch content {
      case .dicom(let file): ImageFacts(file, size: source.count)
      case .picture(_, let header): ImageFacts(header, size: source.count)
      }
  }

  /// SHA-256 of the whole file, reckoned when it is first asked for: starting libcrypto alone takes longer
  /// than decoding a small image.
  package var digest: Digest {
    if let knownDigest { return knownDigest }
    let digest =
      switch (content, source) {
      case (.picture(let bytes, _), _): Digest(of: bytes)
      case (.dicom(let file), let source): Digest(of: source ?? file.source)
      }
    knownDigest = digest
    return digest
  }

  /// Decodes frame `index` (from 0), colour resolved to grey or RGB, orientation applied.
  package func frame(_ index: Int) throws(IntakeError) -> Image {
    switch content {
    case .dicom(let file):
      do throws(DICOMError) { return try file.image(index) } catch { throw translated(error) }
    case .picture(let bytes, let header):
      do throws(CodecError) {
        return try ImageCodec.image(
          from: bytes, frame: index, header: header, limits: limits.codec)
      } catch { throw IntakeError(error, path: path) }
    }
  }

  /// Decodes frame `index` (from 0) to the values that the file stores: no rescale, no palette, no
  /// colour conversion.
  package func storedFrame(_ index: Int) throws(IntakeError) -> StoredFrame {
    switch content {
    case .dicom(let file):
      do throws(DICOMError) { return try file.storedFrame(index) } catch { throw translated(error) }
    case .picture(let bytes, let header):
      do throws(CodecError) {
        let decoded = try ImageCodec.decode(
          bytes, frame: index, header: header, limits: limits.codec)
        return StoredFrame(
          width: decoded.width, height: decoded.height, samples: decoded.samplesPerPixel,
          pixels: decoded.pixels, bitsStored: decoded.precision)
      } catch { throw IntakeError(error, path: path) }
    }
  }

  /// The DICOM object, nil for other formats.
  package var dicom: DICOMFile? {
    if case .dicom(let file) = content { file } else { nil }
  }

  private func translated(_ error: DICOMError) -> IntakeError { IntakeError(error, path: path) }

  /// The bytes of a file that is not empty; "-" is standard input.
  package static func contents(of path: String, limits: Limits) throws(IntakeError) -> FileBytes {
    do throws(FileError) {
      let source = try FileBytes(path: path, maximumBytes: limits.maximumBytes)
      if source.count > 0 { return source }
    } catch {
      guard case .cannotRead(_, let reason) = error else {
        throw .unreadable(path: path, reason: "\(error)")
      }
      // What an argument of other bytes than UTF-8 has become.
      let isForeign = path.unicodeScalars.contains("\u{FFFD}")
      throw .unreadable(
        path: path, reason: isForeign ? "its name is not UTF-8; rename the file" : reason)
    }
    throw .empty(path: path)
  }

  /// True where the first bytes (256 are enough) are those of a format that is read.
  static func isRecognised(_ start: FileBytes) -> Bool {
    let bytes = start.bytes(0..<132)
    if let format = ImageFormat(sniffing: bytes), format != .npy { return true }
    return DICOMFile.isRecognised(start)
  }

  /// DICOM comes first: its preamble may hold the signature of another format.
  private static func content(of source: FileBytes, path: String, limits: Limits)
    throws(IntakeError) -> Content
  {
    let start = source.bytes(0..<132)
    let hasMagic = source.bytes(128..<132) == Array("DICM".utf8)
    if !hasMagic {
      if let format = ImageFormat(sniffing: start), format != .npy {
        let bytes = source.bytes(0..<source.count)
        do throws(CodecError) {
          return .picture(bytes, try ImageCodec.header(of: bytes, limits: limits.codec))
        } catch { throw IntakeError(error, path: path) }
      }
      if let kind = ForeignFormat.name(of: start) { throw .foreign(path: path, kind: kind) }
    }
    do throws(DICOMError) {
      return .dicom(try DICOMFile(source, limits: limits.dicom))
    } catch {
      if error == .notDICOM { throw .foreign(path: path, kind: nil) }
      throw IntakeError(error, path: path)
    }
  }
}
