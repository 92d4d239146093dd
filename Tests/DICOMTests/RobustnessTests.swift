import DICOM
import Files
import Foundation
import Imaging
import Testing

/// Damaged copies of real files end in an error or an image of the declared size, never in a crash.
///
/// `IMGDX_MUTATIONS` sets how many damaged copies of each file are tried beyond the usual few.
@Suite(.enabled(if: Corpus.isPresent))
struct RobustnessTests {
  private static let largestFile = 200_000
  private static let mutations =
    ProcessInfo.processInfo.environment["IMGDX_MUTATIONS"].flatMap { Int($0) } ?? 4

  private static let files: [String] = Corpus.rows.map(\.path).filter { path in
    let attributes = try? FileManager.default.attributesOfItem(atPath: Corpus.folder + "/" + path)
    return (attributes?[.size] as? Int ?? .max) <= largestFile
  }

  @Test(arguments: files) func cutFilesEndWell(_ path: String) throws {
    let whole = try FileBytes(path: Corpus.folder + "/" + path).bytes(0..<Self.largestFile)
    for share in [1, 5, 20, 50, 80, 95, 99] {
      attempt(Array(whole[..<(whole.count * share / 100)]))
    }
    attempt(Array(whole.dropLast()))
  }

  @Test(arguments: files) func filesWithWrongBytesEndWell(_ path: String) throws {
    let whole = try FileBytes(path: Corpus.folder + "/" + path).bytes(0..<Self.largestFile)
    guard whole.count > 200 else { return }
    var random = UInt64(truncatingIfNeeded: whole.count) &* 0x9E37_79B9_7F4A_7C15 | 1
    func next(_ bound: Int) -> Int {
      random ^= random << 13
      random ^= random >> 7
      random ^= random << 17
      return Int(random % UInt64(bound))
    }
    for round in 0..<Self.mutations {
      var bytes = whole
      for _ in 0...next(8) {
        // Half of the damage hits the first 2 KiB, where structure and headers are.
        let reach = round % 2 == 0 ? min(bytes.count, 2048) : bytes.count
        bytes[next(reach)] = [0, 0xFF, 0x80, UInt8(next(256))][next(4)]
      }
      attempt(bytes)
    }
  }

  private func attempt(_ bytes: [UInt8]) {
    do {
      var limits = DICOMLimits()
      limits.maximumPixels = 1 << 22
      let file = try DICOMFile(FileBytes(bytes), limits: limits)
      let image = try file.image(0)
      #expect((image.width, image.height) == (file.pixels.columns, file.pixels.rows))
      _ = try file.storedFrame(file.pixels.frames - 1)
    } catch {
      #expect(error is DICOMError)
      #expect(!"\(error)".isEmpty)
    }
  }
}
