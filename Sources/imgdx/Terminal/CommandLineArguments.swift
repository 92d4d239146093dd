private import Foundation

/// What stands on the command line behind the program's name.
///
/// Swift looks for arguments beside the environment. A preloaded library that changes the environment
/// before the program starts, as profilers on clusters and libfaketime do, hides them from it: the
/// program would take an empty command line for a wish for help, do nothing, and end with 0.
enum CommandLineArguments {
  /// Nil where not even the program's name can be read.
  static func all() -> [String]? {
    let found = CommandLine.arguments.isEmpty ? fromKernel() : CommandLine.arguments
    return found.isEmpty ? nil : Array(found.dropFirst())
  }

  private static func fromKernel() -> [String] {
    guard let text = FileManager.default.contents(atPath: "/proc/self/cmdline") else { return [] }
    return text.split(separator: 0, omittingEmptySubsequences: false).dropLast()
      .map { String(decoding: $0, as: UTF8.self) }
  }
}
