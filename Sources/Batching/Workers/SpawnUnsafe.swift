private import Foundation

/// Starts a process whose standard input is a stream to this one.
enum Spawn {
  struct Child {
    let process: Int32
    /// This side of the stream; reading and writing it never waits.
    let descriptor: Int32
  }

  /// - Parameters:
  ///   - arguments: with the program's name first.
  ///   - environment: beside what this process has.
  /// - Throws: ``BatchError/cannotStart(reason:)``.
  static func child(_ executable: String, _ arguments: [String], environment: [String: String])
    throws(BatchError) -> Child
  {
    var ends: [Int32] = [-1, -1]
    let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    guard socketpair(AF_UNIX, type, 0, &ends) == 0 else { throw failure(errno) }
    defer { close(ends[1]) }
    guard fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0 else {
      close(ends[0])
      throw failure(errno)
    }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDIN_FILENO)
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
    let variables = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    var process: Int32 = 0
    let code = withCStrings(arguments) { arguments in
      withCStrings(variables.map { "\($0)=\($1)" }) { variables in
        posix_spawn(&process, executable, &actions, nil, arguments, variables)
      }
    }
    guard code == 0 else {
      close(ends[0])
      throw failure(code)
    }
    return Child(process: process, descriptor: ends[0])
  }

  private static func failure(_ code: Int32) -> BatchError {
    .cannotStart(reason: String(cString: strerror(code)))
  }

  /// Safe: the copies live until `body` returns, and a null pointer ends the list.
  private static func withCStrings<R>(
    _ texts: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> R
  ) -> R {
    let copies = texts.map { strdup($0) }
    defer { for copy in copies { free(copy) } }
    return body(copies + [nil])
  }
}
