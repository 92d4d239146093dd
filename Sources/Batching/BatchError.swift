package import Files
package import Screening

/// Why a run cannot be started or carried on. Bad inputs are not errors: they are failed cases.
package enum BatchError: Error, Equatable, CustomStringConvertible {
  /// None of the inputs exists.
  case missing(inputs: [String])
  /// None of the inputs holds an image.
  case noImages(inputs: [String])
  /// A rerun would take its own outputs for inputs.
  case outputIsInput(path: String)
  /// Results cannot be written, so going on would lose them.
  case cannotWrite(FileError)
  /// The model does not work, for any image.
  case screening(ScreeningError)

  package var description: String {
    switch self {
    case .missing(let inputs): "no such file or folder: \(inputs.joined(separator: ", "))"
    case .noImages(let inputs): "no images found in \(inputs.joined(separator: ", "))"
    case .outputIsInput(let path):
      "the output folder \(path) is also an input; choose another, or the next run would read "
        + "these results as images"
    case .cannotWrite(let error): error.description
    case .screening(let error): error.description
    }
  }
}
