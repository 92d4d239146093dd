import Codecs
import DICOM
import Files
import Foundation
import Imaging
import Intake
import Testing

@testable import imgdx

/// `imgdx convert` and what `imgdx info` says, on files made here.
struct ConvertCommandTests {
  private let folder = NSTemporaryDirectory() + "imgdx-convert-\(UUID().uuidString)"

  /// Two CT frames of 12 bits with a window, of a patient.
  private func scan() throws -> String {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let frames = [0, 1].map { frame in
      var image = Image(
        width: 3, height: 1, pixels: .int16([-1000, 0, Int16(1000 + frame)]), bitsStored: 12)
      image.attributes.rescale = Rescale(slope: 2, intercept: 10)
      image.attributes.windows = [Window(center: 11, width: 2001)]
      image.attributes.pixelSpacing = PixelSpacing(row: 0.5, column: 0.25)
      return image
    }
    var description = ObjectDescription(.secondaryCapture, seed: "scan")
    description.modality = "CT"
    description.patientName = "Doe^Jane"
    let path = folder + "/scan"
    try AtomicFile.write(try DICOMWriter.encode(frames, description), to: path)
    return path
  }

  private func output(_ name: String) throws -> [UInt8] {
    let bytes = try FileBytes(path: folder + "/" + name)
    return bytes.bytes(0..<bytes.count)
  }

  @Test func rawArraysHoldAllFramesOrOne() throws {
    let path = try scan()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    #expect(Program.run(["convert", "--raw", path, folder + "/all.npy"]) == .done)
    let all = NPYArray(shape: [2, 1, 3], values: .int16([-1000, 0, 1000, -1000, 0, 1001]))
    #expect(try output("all.npy") == all.encoded())
    #expect(Program.run(["convert", "--raw", "--frame", "2", path, folder + "/one.npy"]) == .done)
    let one = NPYArray(shape: [1, 3], values: .int16([-1000, 0, 1001]))
    #expect(try output("one.npy") == one.encoded())
    #expect(
      Program.run(["convert", "--raw", "--frame", "3", path, folder + "/no.npy"]) == .couldNotRun)
    #expect(!FileManager.default.fileExists(atPath: folder + "/no.npy"))
  }

  @Test func picturesAreShownThroughTheWindow() throws {
    let path = try scan()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    #expect(Program.run(["convert", path, folder + "/a.png"]) == .done)
    // Modality values -1990, 10, 2010; the window spans -989.5 ... 1010.5.
    let shown = try PNGCodec.decode(try output("a.png")).pixels.floats()
    #expect(shown.first == 0 && shown.last == 65535)
    #expect(abs(shown[1] / 65535 - 0.5) < 1e-3)
    #expect(Program.run(["convert", "--window", "10,1", path, folder + "/b.png"]) == .done)
    #expect(try PNGCodec.decode(try output("b.png")).pixels == .uint16([0, 65535, 65535]))
    #expect(Program.run(["convert", path, folder + "/a.jpg"]) == .done)
    #expect(try JPEGCodec.header(of: try output("a.jpg")).width == 3)
  }

  @Test func objectsKeepValuesAndNamePatientsOnRequestOnly() throws {
    let path = try scan()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    #expect(Program.run(["convert", path, folder + "/b.dcm"]) == .done)
    let copy = try ImageFile(path: folder + "/b.dcm")
    #expect(try copy.frame(1).pixels == .int16([-1000, 0, 1001]))
    #expect(try copy.frame(1).attributes.rescale == Rescale(slope: 2, intercept: 10))
    #expect((copy.facts.identifiers.patientName ?? "").isEmpty)
    #expect(Program.run(["convert", "--include-phi", path, folder + "/c.dcm"]) == .done)
    let named = try ImageFile(path: folder + "/c.dcm").facts.identifiers
    #expect(named.patientName == "Doe^Jane")
  }

  @Test func wrongUsageIsTwo() {
    for arguments in [
      ["a.dcm", "b.bmp"], ["--raw", "--voi", "a.dcm", "b.png"], ["--frame", "0", "a", "b.png"],
      ["--window", "narrow", "a", "b.png"], ["--max-pixels", "0", "a", "b.png"],
    ] {
      #expect(Program.run(["convert"] + arguments) == .wrongUsage)
    }
    #expect(Program.run(["convert", "/no/such/file", "/tmp/b.png"]) == .couldNotRun)
    #expect(Program.run(["info", "/no/such/file"]) == .someInputsFailed)
  }

  @Test func infoTellsWhatScriptsRelyOnAndNoPatient() throws {
    let path = try scan()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let file = try ImageFile(path: path)
    let text = InfoDocument(file, includesPHI: false).json.text()
    let json = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
    #expect(json?["schema"] as? String == "imgdx.info/1")
    #expect(json?["format"] as? String == "DICOM")
    #expect(json?["width"] as? Int == 3)
    #expect(json?["height"] as? Int == 1)
    #expect(json?["channels"] as? Int == 1)
    #expect(json?["bits"] as? Int == 12)
    #expect(json?["frames"] as? Int == 2)
    #expect(json?["modality"] as? String == "CT")
    #expect(json?["transfer_syntax"] as? String == "1.2.840.10008.1.2.1")
    #expect(json?["spacing_mm"] as? [Double] == [0.5, 0.25])
    #expect((json?["windows"] as? [Any])?.count == 1)
    #expect(!text.contains("Doe"))
    #expect(!InfoDocument(file, includesPHI: false).text.contains("Doe"))
    #expect(InfoDocument(file, includesPHI: true).json.text().contains("Doe^Jane"))
  }
}
