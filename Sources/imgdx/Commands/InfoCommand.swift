import ArgumentParser
private import DICOM
private import Files
internal import Intake

/// `imgdx info`: what files are.
struct InfoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "info",
    abstract: "Says what a file is: format, size, modality, transfer syntax, windows, frames.",
    discussion: """
      Folders are walked; what is no image by its name or first bytes is passed over. DICOM files \
      of a folder are summed up by study and series, with what keeps a series from being a regular \
      volume: duplicates, gaps, uneven spacing, gantry tilt, slices out of line and the like. With \
      --json there is one line a file, and one a series.
      """)

  @Argument(help: "PNG, JPEG, JPEG 2000, TIFF or DICOM files, folders, or - for standard input.")
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
      do {
        if input != "-" && ImageDiscovery.isFolder(input) {
          try showFolder(input, fail: fail)
        } else {
          try show(try ImageFile(path: input, limits: limits.limits))
        }
      } catch let error as IntakeError {
        fail(error)
      }
    }
    if failures > 0 { throw Ending.someInputsFailed }
  }

  private func show(_ file: ImageFile) throws {
    let document = InfoDocument(file, includesPHI: includePHI)
    try StandardOutput.writeLine(json ? document.json.text() : document.text)
  }

  /// Files that belong to no series, and all for JSON, one by one; then the series.
  private func showFolder(_ folder: String, fail: (IntakeError) -> Void) throws {
    var found = 0
    var collector = SeriesCollector()
    try ImageDiscovery.walk(folder, includesNamed: true, unreadable: fail) { path in
      found += 1
      do {
        let file = try ImageFile(path: path, limits: limits.limits)
        let isCollected = file.dicom.map { collector.add($0, path: path) } ?? false
        if json || !isCollected { try show(file) }
      } catch let error as IntakeError {
        fail(error)
      }
    }
    guard found > 0 else {
      throw IntakeError.unreadable(path: folder, reason: "the folder holds no image file")
    }
    let report = SeriesReport(collector.series, includesPHI: includePHI)
    for line in json ? report.json.map({ $0.text() }) : report.lines {
      try StandardOutput.writeLine(line)
    }
  }
}
