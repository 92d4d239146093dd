private import Foundation
private import Intake

/// From files and folders, as the user gave them, to the cases of a run.
package enum InputWalk {
  /// Every image file of the inputs once, in a fixed order: inputs as given, the files of a folder
  /// by path. In folders, what is no image is passed over; a file named as input is always taken,
  /// so that its failure is told.
  /// - Parameter outputFolder: left out when it lies inside an input folder.
  /// - Throws: ``BatchError`` when no input exists, an input folder is the output folder, or nothing
  ///   is found. Inputs that are missing beside others become failed cases.
  package static func works(for inputs: [String], outputFolder: String?) throws(BatchError)
    -> [CaseWork]
  {
    let output = outputFolder.map(resolved)
    guard inputs.contains(where: { $0 == "-" || access($0, F_OK) == 0 }) else {
      throw .missing(inputs: inputs)
    }
    var found: [Found] = []
    var seen = Set<String>()
    for input in inputs {
      for file in try files(of: input, output: output)
      where seen.insert(resolved(file.path)).inserted {
        found.append(file)
      }
    }
    guard !found.isEmpty else { throw .noImages(inputs: inputs) }
    let names = OutputNames.assign(to: found.map(\.relative))
    return zip(found, names).map { CaseWork(path: $0.path, name: $1, refusal: $0.refusal) }
  }

  private struct Found {
    var path: String
    /// Path below the input folder: what outputs are named by.
    var relative: String
    var refusal: String?
  }

  private static func files(of input: String, output: String?) throws(BatchError)
    -> [Found]
  {
    guard input != "-", ImageDiscovery.isFolder(input) else {
      let name = input == "-" ? "stdin" : (input as NSString).lastPathComponent
      return [Found(path: input, relative: name)]
    }
    if resolved(input) == output { throw .outputIsInput(path: input) }
    let root = input.count > 1 && input.hasSuffix("/") ? String(input.dropLast()) : input
    var files: [Found] = []
    func add(_ path: String, refusal: String? = nil) {
      let relative = String(path.dropFirst(root.count + 1))
      files.append(Found(path: path, relative: relative, refusal: refusal))
    }
    ImageDiscovery.walk(
      root, includesNamed: true, excluding: { output != nil && resolved($0) == output },
      unreadable: { add($0.path, refusal: $0.reason) }, body: { add($0) })
    return files
  }

  private static func resolved(_ path: String) -> String {
    URL(fileURLWithPath: path).resolvingSymlinksInPath().standardizedFileURL.path
  }
}
