private import ArgumentParser
private import Foundation

/// The program's start: arguments to a command, its errors to text and an exit code.
///
/// This is the only place that does either. Commands throw; nothing below this layer prints.
@main
enum Program {
  static func main() {
    guard let arguments = CommandLineArguments.all() else {
      Terminal.say("imgdx: the command line cannot be read: is /proc mounted?")
      exit(Ending.couldNotRun.rawValue)
    }
    let isWorker = arguments.first == WorkerCommand.name
    // A worker confines itself before it starts a thread.
    guard isWorker || ProcessSettings.mayStartThreads else {
      Terminal.say("imgdx: no thread can be started: are there too many processes (ulimit -u)?")
      exit(Ending.couldNotRun.rawValue)
    }
    ProcessSettings.apply(isWorker: isWorker)
    let ending = run(arguments)
    exit(ending.rawValue)
  }

  /// Runs one command line (without the program's name) and says how it ended.
  static func run(_ arguments: [String]) -> Ending {
    do {
      var command = try ImgdxCommand.parseAsRoot(arguments)
      do {
        try command.run()
      } catch let error as ValidationError {
        // Found out too late for the parser, which would show the usage of the whole program.
        Terminal.say("Error: \(error.message)\nThe same command with --help tells what it takes.")
        return .wrongUsage
      }
      return .done
    } catch let ending as Ending {
      return ending
    } catch OutputError.closed {
      // The reader (`| head`) has seen enough.
      return .done
    } catch {
      return report(error)
    }
  }

  /// Prints what went wrong, or the help that was asked for, and gives the exit code that says so.
  private static func report(_ error: any Error) -> Ending {
    let code = ImgdxCommand.exitCode(for: error)
    if code == .success {
      // `--help`, `--version` and completion scripts arrive as errors, yet are results.
      try? StandardOutput.write(ImgdxCommand.fullMessage(for: error) + "\n")
      return .done
    }
    if code == .validationFailure {
      Terminal.say(ImgdxCommand.fullMessage(for: error))
      return .wrongUsage
    }
    Terminal.say("imgdx: \(describe(error))")
    return .couldNotRun
  }

  /// Errors of the project describe themselves; those of Foundation hide their text elsewhere.
  private static func describe(_ error: any Error) -> String {
    error is CocoaError || error is POSIXError
      ? error.localizedDescription : String(describing: error)
  }
}
