import ArgumentParser
private import Codecs
private import Files
internal import Imaging
internal import Intake

/// `imgdx convert`: one image file to another format.
struct ConvertCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert",
    abstract: "Writes an image as .png, .jpg, .npy or .dcm.",
    discussion: """
      Without an option the picture is written as it is meant to be seen: the file's window, \
      palette and colour model applied, MONOCHROME1 turned over. With --raw the stored values are \
      written instead; to .npy with all frames, [frames,] rows, columns[, samples]. A .dcm holds grey samples \
      as stored with rescale and windows beside them, and colour as RGB.

      A folder stands for a series of DICOM slices, which are sorted by position and written to one .npy, a slice in memory \
      at a time: imgdx convert --raw CT/ volume.npy
      """)

  @Argument(
    help:
      "A PNG, JPEG, JPEG 2000, TIFF or DICOM file, - for standard input, or a folder with a DICOM series."
  )
  var input: String

  @Argument(help: "The file to write; its extension tells the format.")
  var output: String

  @Option(help: "Which frame, counted from 1. (default: the first; all for --raw to .npy)")
  var frame: Int?

  @Option(
    help: "Which series of a folder, counted from 1 as imgdx info counts. (default: the only one)")
  var series: Int?

  @Flag(help: "Keep the stored values: no window, palette or colour conversion.")
  var raw = false

  @Flag(help: "Apply the file's own window, which is what happens without an option too.")
  var voi = false

  @Option(help: "Apply this window instead of the file's, in modality values.")
  var window: WindowArgument?

  @Flag(
    name: .customLong("include-phi"),
    help: "Keep the patient's name, ID and birth date in .dcm output.")
  var includePHI = false

  @OptionGroup var limits: LimitOptions

  func validate() throws {
    guard [raw, voi, window != nil].count(where: { $0 }) <= 1 else {
      throw ValidationError("--raw, --voi and --window exclude each other.")
    }
    guard frame ?? 1 >= 1 else { throw ValidationError("--frame counts from 1.") }
    guard series ?? 1 >= 1 else { throw ValidationError("--series counts from 1.") }
    guard frame == nil || series == nil else {
      throw ValidationError("--frame is for files and --series for folders.")
    }
    guard Conversion.Format(path: output) != nil else {
      throw ValidationError("The output's name must end in .png, .jpg, .npy or .dcm.")
    }
  }

  func run() throws {
    guard let format = Conversion.Format(path: output) else { return }
    if input != "-" && ImageDiscovery.isFolder(input) { return try convertSeries(format) }
    guard series == nil else { throw SeriesChoiceError.noFolder(path: input) }
    try Originals([input]).check(output)
    let file = try ImageFile(path: input, limits: limits.limits)
    if frame == nil && file.facts.frames > 1 && !(raw && format == .npy) && format != .dicom {
      Terminal.say("imgdx: \(input): frame 1 of \(file.facts.frames) is written; see --frame")
    }
    let conversion = Conversion(
      file: file, format: format, frame: frame.map { $0 - 1 }, includesPHI: includePHI)
    if raw {
      try conversion.writeStored(to: output)
    } else {
      try conversion.writeShown(to: output, window: window?.window)
    }
  }
}

extension ConvertCommand {
  private func convertSeries(_ format: Conversion.Format) throws {
    guard format == .npy, frame == nil else { throw SeriesChoiceError.onlyArrays(folder: input) }
    let conversion = try SeriesConversion(folder: input, number: series, limits: limits.limits)
    try Originals(conversion.paths).check(output)
    try conversion.write(to: output, raw: raw, window: window?.window)
  }
}

/// "40,400": center and width.
struct WindowArgument: ExpressibleByArgument {
  let window: Window

  init?(argument: String) {
    let parts = argument.split(separator: ",").map { Double($0) }
    guard parts.count == 2, let center = parts[0], let width = parts[1], center.isFinite,
      width.isFinite, width >= 1
    else { return nil }
    window = Window(center: center, width: width)
  }
}
