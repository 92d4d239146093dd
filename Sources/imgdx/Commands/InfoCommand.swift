import ArgumentParser
private import Files
private import Intake

/// `imgdx info`: what files are.
struct InfoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "info",
    abstract: "Says what a file is: format, size, modality, transfer syntax, windows, frames.",
    discussion: """
      Folders are walked; what is no image by its first bytes is passed over. With --json there is \
      one line an input.
      """)

  @Argument(help: "PNG, JPEG, JPEG 2000 or DICOM files, folders, or - for standard input.")
  var inputs: [String]

  @Flag(help: "Print JSON, one document a line.")
  var json = false

  @Flag(
    name: .customLong("include-phi"), help: "Show the patient's name, ID and birth date, and UIDs.")
  var includePHI = false

  @OptionGroup var limits: LimitOptions

  func run() throws {
    var failures = 0
    func fail(_ error: IntakeError) {
      failures += 1
      Terminal.say("imgdx: \(error)")
    }
    for input in inputs {
      if input != "-" && ImageDiscovery.isFolder(input) {
        var found = 0
        try ImageDiscovery.walk(input, unreadable: fail) { path in
          found += 1
          try show(path, fail: fail)
        }
        if found == 0 { fail(.unreadable(path: input, reason: "the folder holds no image file")) }
      } else {
        try show(input, fail: fail)
      }
    }
    if failures > 0 { throw Ending.someInputsFailed }
  }

  private func show(_ path: String, fail: (IntakeError) -> Void) throws {
    do {
      let file = try ImageFile(path: path, limits: limits.limits)
      let document = InfoDocument(file, includesPHI: includePHI)
      try StandardOutput.writeLine(json ? document.json.text() : document.text)
    } catch let error as IntakeError {
      fail(error)
    }
  }
}
