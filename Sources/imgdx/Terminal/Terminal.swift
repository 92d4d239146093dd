private import Foundation

/// Talk to the person at the terminal: always standard error, never data.
enum Terminal {
  /// True when standard error is a terminal that can redraw a line.
  static let isInteractive = isatty(STDERR_FILENO) == 1 && environment("TERM") != "dumb"

  /// Writes a line. Failures are ignored: there is nobody left to tell.
  static func say(_ line: String) { write(line.hasSuffix("\n") ? line : line + "\n") }

  /// A remark that does not stop the work.
  static func warn(_ line: String) { say("imgdx: warning: \(line)") }

  /// Writes without ending the line.
  static func write(_ text: String) { FileDescriptor.writeAll(text, to: STDERR_FILENO) }

  static func environment(_ name: String) -> String? {
    ProcessInfo.processInfo.environment[name].flatMap { $0.isEmpty ? nil : $0 }
  }
}

/// Results, and nothing else.
enum StandardOutput {
  /// Writes all of `text`.
  /// - Throws: ``OutputError`` when the reader is gone or the disk is full.
  static func write(_ text: String) throws(OutputError) {
    switch FileDescriptor.writeAll(text, to: STDOUT_FILENO) {
    case 0: return
    case EPIPE: throw .closed
    case let code: throw .cannotWrite(reason: String(cString: strerror(code)))
    }
  }

  static func writeLine(_ line: String) throws(OutputError) { try write(line + "\n") }
}

/// Why standard output cannot be written.
enum OutputError: Error, Equatable, CustomStringConvertible {
  /// The program reading our output has ended.
  case closed
  /// The output goes to a file that cannot take it.
  case cannotWrite(reason: String)

  var description: String {
    switch self {
    case .closed: "standard output is closed"
    case .cannotWrite(let reason): "cannot write to standard output: \(reason)"
    }
  }
}

private enum FileDescriptor {
  /// Zero, or the `errno` that stopped the writing.
  @discardableResult
  static func writeAll(_ text: String, to descriptor: Int32) -> Int32 {
    var text = text
    return text.withUTF8 { bytes in
      var rest = UnsafeRawBufferPointer(bytes)
      while !rest.isEmpty {
        let written = Foundation.write(descriptor, rest.baseAddress, rest.count)
        if written < 0 && errno == EINTR { continue }
        guard written > 0 else { return errno }
        rest = UnsafeRawBufferPointer(rebasing: rest[written...])
      }
      return 0
    }
  }
}
