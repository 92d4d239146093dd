/// One input of a run.
package struct CaseWork: Sendable, Equatable {
  /// The file to read; "-" is standard input.
  package var path: String
  /// What it is called in all that is written and said.
  package var shownPath: String
  /// Path of its outputs in the output folder, without endings.
  package var name: String
  /// Why it cannot even be opened, where the walk over its folder found that out.
  package var refusal: String?

  /// - Parameter shownPath: nil for `path` itself.
  package init(path: String, shownPath: String? = nil, name: String, refusal: String? = nil) {
    self.path = path
    self.shownPath = shownPath ?? path
    self.name = name
    self.refusal = refusal
  }
}

/// What a run writes, and where.
package struct CaseOutputs: Sendable, Equatable {
  /// Nil: nothing is written.
  package var folder: String?
  /// What is written beside the JSON documents.
  package var pictures: CasePictures
  /// Longest side of the report's thumbnails in pixels; 0: none are made.
  package var thumbnailSide: Int
  package var includesPHI: Bool
  /// Name and version of the program.
  package var program: String

  package init(
    folder: String?, pictures: CasePictures, thumbnailSide: Int, includesPHI: Bool, program: String
  ) {
    self.folder = folder
    self.pictures = pictures
    self.thumbnailSide = thumbnailSide
    self.includesPHI = includesPHI
    self.program = program
  }
}

/// The pictures of a case, for a model that outlines lesions.
package struct CasePictures: OptionSet, Sendable, Codable {
  package let rawValue: Int

  package init(rawValue: Int) { self.rawValue = rawValue }

  /// `<name>.mask.png`.
  package static let mask = CasePictures(rawValue: 1)
  /// `<name>.overlay.png`.
  package static let overlay = CasePictures(rawValue: 2)
  package static let all: CasePictures = [.mask, .overlay]
}
