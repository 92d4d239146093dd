internal import BatchLedger
private import Files

/// The names that stand for real ones in everything a pseudonymous batch writes: keyed hashes, the
/// same on every run into a folder, that tell nothing without its ``NameBook``.
///
/// A file is called by hashes of its path below the input folder and of the folder it lies in,
/// `<folder>/<file>`, so that files of one folder stay together.
struct Pseudonyms {
  let book: NameBook
  private let hash: KeyedHash

  init(_ book: NameBook) {
    self.book = book
    hash = KeyedHash(key: book.key)
  }

  /// 96 bits: among a million names the odds for two alike are one in 10^17.
  private static let digits = 24

  private enum Kind: String { case file, folder, input, place }

  private func pseudonym(_ kind: Kind, _ text: String) -> String {
    // The kind keeps a folder from being called like an input of the same name.
    String(hash.hexadecimal(of: "\(kind.rawValue)\u{0}\(text)").prefix(Self.digits))
  }

  /// What a file is called before others are looked at that lie at the same place of other inputs.
  private func wanted(_ file: ListedFile) -> String {
    let own = pseudonym(.file, file.relative)
    guard let slash = file.relative.lastIndex(of: "/") else { return own }
    return pseudonym(.folder, String(file.relative[..<slash])) + "/" + own
  }

  /// Calls `body` with what turns a listed file into one with a pseudonym in place of every name.
  func list(_ body: (_ disguise: (ListedFile) throws -> ListedFile) throws -> Void) throws {
    try book.list { note in
      try body { file in disguised(file, as: try note(file, wanted(file))) }
    }
  }

  /// The same of one file, without noting it.
  func disguised(_ file: ListedFile) throws(LedgerError) -> ListedFile {
    disguised(file, as: try book.pseudonym(of: file, wanted: wanted(file)))
  }

  private func disguised(_ file: ListedFile, as name: String) -> ListedFile {
    ListedFile(
      path: name, resolved: pseudonym(.place, file.resolved), relative: name,
      refusal: file.refusal)
  }

  /// Notes the inputs themselves.
  /// - Returns: what they are called.
  func note(inputs: [String]) throws -> [String] {
    var names: [String] = []
    try book.list { note in
      names = try inputs.map { input in
        let input = ListedFile(path: input, resolved: input, relative: "")
        return try note(input, pseudonym(.input, input.path))
      }
    }
    return names
  }

  /// The file that a pseudonym stands for.
  func file(of pseudonym: String) throws(LedgerError) -> NameBook.Named {
    guard let file = try book.file(of: pseudonym) else {
      throw .namesDamaged(path: book.path)
    }
    return file
  }
}
