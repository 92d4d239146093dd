package import BatchLedger
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
    var found: [ListedFile] = []
    // By bytes: to a file system two spellings of one text are two names.
    var seen = Set<[UInt8]>()
    try check(inputs, outputFolder: outputFolder)
    walk(inputs, outputFolder: outputFolder) { file in
      if seen.insert(Array(file.resolved.utf8)).inserted { found.append(file) }
    }
    guard !found.isEmpty else { throw .noImages(inputs: inputs) }
    let names = OutputNames.assign(to: found.map(\.relative))
    return zip(found, names).map { CaseWork(path: $0.path, name: $1, refusal: $0.refusal) }
  }

  /// Looks at the inputs themselves, before anything is walked or made.
  /// - Throws: ``BatchError`` when none exists or one is the output folder.
  package static func check(_ inputs: [String], outputFolder: String?) throws(BatchError) {
    guard inputs.contains(where: { $0 == "-" || access($0, F_OK) == 0 }) else {
      throw .missing(inputs: inputs)
    }
    let output = outputFolder.map(resolved)
    for input in inputs where input != "-" && ImageDiscovery.isFolder(input) {
      if resolved(input) == output { throw .outputIsInput(path: input) }
    }
  }

  /// Refuses an output folder that inputs lie in: for runs that write their results without asking
  /// what stands there.
  /// - Throws: ``BatchError/outputHoldsInput(path:folder:)``.
  static func checkApart(_ inputs: [String], outputFolder: String) throws(BatchError) {
    let output = resolved(outputFolder)
    let below = output.hasSuffix("/") ? output : output + "/"
    for input in inputs where input != "-" && resolved(input).hasPrefix(below) {
      throw .outputHoldsInput(path: input, folder: outputFolder)
    }
  }

  /// True when there is a file to look at; stops at the first.
  static func hasImages(_ inputs: [String], outputFolder: String?) -> Bool {
    struct Found: Error {}
    do {
      try walk(inputs, outputFolder: outputFolder) { _ in throw Found() }
      return false
    } catch {
      return true
    }
  }

  /// Calls `body` with every file in order; one that several paths lead to comes several times.
  /// - Parameter passOver: told of folders below an input that hold the results of another batch:
  ///   its masks and overlays are no studies.
  package static func walk(
    _ inputs: [String], outputFolder: String?, passOver: (_ folder: String) -> Void = { _ in },
    _ body: (ListedFile) throws -> Void
  ) rethrows {
    let output = outputFolder.map(resolved)
    for input in inputs { try walk(input, output: output, passOver, body) }
  }

  private static func walk(
    _ input: String, output: String?, _ passOver: (_ folder: String) -> Void,
    _ body: (ListedFile) throws -> Void
  ) rethrows {
    guard input != "-", ImageDiscovery.isFolder(input) else {
      let name = input == "-" ? "stdin" : (input as NSString).lastPathComponent
      return try body(ListedFile(path: input, resolved: resolved(input), relative: name))
    }
    let root = ImageDiscovery.withoutLastSlashes(input)
    func listed(_ path: String, refusal: String? = nil) -> ListedFile {
      let relative = String(path.dropFirst(root.count + 1))
      return ListedFile(
        path: path, resolved: resolved(path), relative: relative, refusal: refusal)
    }
    var refused: [ListedFile] = []
    try ImageDiscovery.walk(
      root, includesNamed: true,
      excluding: { folder in
        guard let output else { return false }
        if resolved(folder) == output { return true }
        let holdsResults = Ledger.isOne(in: folder)
        if holdsResults { passOver(folder) }
        return holdsResults
      },
      unreadable: { refused.append(listed($0.path, refusal: $0.reason)) },
      body: { path in
        for file in refused { try body(file) }
        refused = []
        try body(listed(path))
      })
    for file in refused { try body(file) }
  }

  /// One spelling for all paths that lead to a file.
  private static func resolved(_ path: String) -> String {
    guard let real = realpath(path, nil) else {
      return URL(fileURLWithPath: path).resolvingSymlinksInPath().standardizedFileURL.path
    }
    defer { free(real) }
    return String(cString: real)
  }
}
