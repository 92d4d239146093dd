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
    var found: [(path: String, relative: String)] = []
    var seen = Set<String>()
    for input in inputs {
      for file in try files(of: input, output: output)
      where seen.insert(resolved(file.path)).inserted {
        found.append(file)
      }
    }
    guard !found.isEmpty else { throw .noImages(inputs: inputs) }
    let names = OutputNames.assign(to: found.map(\.relative))
    return zip(found, names).map { CaseWork(path: $0.path, name: $1) }
  }

  private static func files(of input: String, output: String?) throws(BatchError)
    -> [(path: String, relative: String)]
  {
    guard input != "-", ImageDiscovery.isFolder(input) else {
      return [(input, input == "-" ? "stdin" : (input as NSString).lastPathComponent)]
    }
    if resolved(input) == output { throw .outputIsInput(path: input) }
    let root = input.count > 1 && input.hasSuffix("/") ? String(input.dropLast()) : input
    var files: [(path: String, relative: String)] = []
    func add(_ path: String) { files.append((path, String(path.dropFirst(root.count + 1)))) }
    ImageDiscovery.walk(
      root, includesNamed: true, excluding: { output != nil && resolved($0) == output },
      // What cannot be read becomes a failed case when its turn comes.
      unreadable: { add($0.path) }, body: add)
    return files
  }

  private static func resolved(_ path: String) -> String {
    URL(fileURLWithPath: path).resolvingSymlinksInPath().standardizedFileURL.path
  }
}
