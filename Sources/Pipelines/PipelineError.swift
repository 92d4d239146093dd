package import Files

/// Why a pipeline file cannot be used.
package enum PipelineError: Error, Equatable, CustomStringConvertible {
  case cannotRead(FileError)
  /// Line and column count from 1, columns in Unicode scalars.
  case fault(path: String, line: Int, column: Int, reason: String)

  package var description: String {
    switch self {
    case .cannotRead(let error): error.description
    case .fault(let path, let line, let column, let reason): "\(path):\(line):\(column): \(reason)"
    }
  }
}
