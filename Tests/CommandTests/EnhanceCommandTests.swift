import Codecs
import Foundation
import Imaging
import Testing

/// `enhance` and `simulate` as a user runs them.
@Suite struct EnhanceCommandTests {
  private func inFolder(_ body: (_ folder: String) throws -> Void) throws {
    let folder = try Workbench.folder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body(folder)
  }

  private func pixels(_ path: String) throws -> PixelBuffer {
    try PNGCodec.decode([UInt8](Data(contentsOf: URL(fileURLWithPath: path)))).pixels
  }

  private func simulate(_ folder: String, _ more: [String] = []) throws {
    let size = ["--width", "96", "--height", "80"]
    let result = try Workbench.run(["simulate", "-o", folder, "--count", "3"] + size + more)
    #expect(result.status == 0, "\(result.errors)")
  }

  @Test func simulatedSetsRepeat() throws {
    try inFolder { folder in
      try simulate(folder + "/one", ["--seed", "4"])
      try simulate(folder + "/two", ["--seed", "4"])
      let names = try FileManager.default.subpathsOfDirectory(atPath: folder + "/one")
      #expect(names.count == 9)
      for name in names where name.contains(".") {
        #expect(
          FileManager.default.contentsEqual(
            atPath: "\(folder)/one/\(name)", andPath: "\(folder)/two/\(name)"), "\(name)")
      }
    }
  }

  @Test func sixteenBitsStaySixteen() throws {
    try inFolder { folder in
      try simulate(folder + "/set", ["--bits", "16"])
      let result = try Workbench.run(
        ["enhance", folder + "/set/images", "-o", folder + "/out", "--contrast", "clahe"])
      #expect(result.status == 0, "\(result.errors)")
      let written = result.output.split(separator: "\n").map(String.init)
      #expect(written.count == 3)
      for path in written {
        guard case .uint16(let samples) = try pixels(path) else {
          Issue.record("\(path) has lost its bits")
          continue
        }
        #expect(Set(samples).count > 1000)
      }
    }
  }

  @Test func dicomKeepsWhatPNGShows() throws {
    try inFolder { folder in
      try simulate(folder + "/set")
      let image = folder + "/set/images/benign-1-0001.png"
      for step in [["--contrast", "clahe"], ["--denoise", "median:size=5"]] {
        for name in ["direct.png", "object.dcm"] {
          let result = try Workbench.run(["enhance", image, "-o", "\(folder)/\(name)"] + step)
          #expect(result.status == 0, "\(result.errors)")
        }
        let again = try Workbench.run(
          ["convert", folder + "/object.dcm", folder + "/again.png"])
        #expect(again.status == 0, "\(again.errors)")
        #expect(try pixels(folder + "/direct.png") == pixels(folder + "/again.png"))
      }
    }
  }

  @Test func aBadFileDoesNotStopTheRest() throws {
    try inFolder { folder in
      try simulate(folder + "/set")
      try Data([0x89, 0x50, 0x4E, 0x47]).write(
        to: URL(fileURLWithPath: folder + "/set/images/bad.png"))
      let result = try Workbench.run(
        ["enhance", folder + "/set/images", "-o", folder + "/out", "--denoise", "median"])
      #expect(result.status == 3)
      #expect(result.errors.contains("images/bad.png: "))
      #expect(result.output.split(separator: "\n").count == 3)
    }
  }

  @Test(arguments: [
    [], ["--denoise", "clahe"], ["--contrast", "clahee"], ["--denoise", "median:size=2"],
    ["--denoise", "median", "--format", "png"],
  ])
  func wrongStepsAreWrongUsage(steps: [String]) throws {
    let result = try Workbench.run(["enhance", "in.png", "-o", "out.dcm"] + steps)
    #expect(result.status == 2)
    #expect(result.output.isEmpty)
  }
}
