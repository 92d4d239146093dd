import ArgumentParser
private import Batching

/// `imgdx batch names DIR`: which file each pseudonym stands for.
struct BatchNamesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "names",
    abstract: "Tells which file each pseudonym of a batch stands for.",
    discussion: """
      Reads names.sqlite in the output folder, which its owner alone may read, and prints a line for \
      each pseudonym: itself, a tab, the path. The name of an output file does too, and the pseudonym \
      of a folder gives all files in it. Exits with 3 when one was never given.

      Examples:
        imgdx batch names results
        imgdx batch names results 0f6a1c9be2d47f83a5c01b92/9d3e7a40c6b1f258e07d4a9c.json
      """,
    helpNames: [.short, .long])

  @Argument(help: "The output folder of the batch.")
  var folder: String

  @Argument(help: "Pseudonyms to look up; otherwise all.")
  var pseudonyms: [String] = []

  func run() throws {
    let names = try NameLookup(folder: folder)
    func write(_ pseudonym: String, _ path: String) throws {
      try StandardOutput.writeLine("\(pseudonym)\t\(path)")
    }
    if pseudonyms.isEmpty { return try names.forEach(write) }
    var isComplete = true
    for pseudonym in pseudonyms where try !names.find(pseudonym, write) {
      isComplete = false
      Terminal.say("imgdx: \(folder) has no file that is called \(pseudonym)")
    }
    if !isComplete { throw Ending.someInputsFailed }
  }
}
