import ArgumentParser

/// The root command: what `imgdx --help` lists. A subcommand is a file in `Commands/` and a line here.
struct ImgdxCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "imgdx",
    abstract: "Reads medical images, enhances them, finds and classifies lesions, writes reports.",
    discussion: """
      Research use only. Not a medical device.

      Examples:
        imgdx classify scan.dcm                  probabilities for one image
        imgdx segment scan.dcm -o results        its lesions, as masks and overlays
        imgdx batch /data/ultrasound -o results  a folder, and one report to open

      Exit codes: 0 everything done, 1 could not run, 2 wrong usage,
      3 done but some inputs failed, 75 interrupted (run again to go on).
      """,
    version: programVersion,
    subcommands: [
      ClassifyCommand.self,
      SegmentCommand.self,
      BatchCommand.self,
      InfoCommand.self,
      ConvertCommand.self,
      TrainCommand.self,
      CrossValidateCommand.self,
      ModelCommand.self,
      BenchmarkCommand.self,
      DoctorCommand.self,
      EnhanceCommand.self,
      SimulateCommand.self,
      EvaluateCommand.self,
      WorkerCommand.self,
    ])
}

/// The program's version, as `--version`, reports and written files state it.
let programVersion = "0.1.0"
