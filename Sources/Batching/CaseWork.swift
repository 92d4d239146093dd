/// One input of a run.
package struct CaseWork: Sendable, Equatable {
  /// The file to read, as reports name it; "-" is standard input.
  package var path: String
  /// Path of its outputs in the output folder, without endings.
  package var name: String
  /// Why it cannot even be opened, where the walk over its folder found that out.
  package var refusal: String?

  package init(path: String, name: String, refusal: String? = nil) {
    self.path = path
    self.name = name
    self.refusal = refusal
  }
}

/// What a run writes, and where.
package struct CaseOutputs: Sendable, Equatable {
  /// Nil: nothing is written.
  package var folder: String?
  /// Masks and overlays beside the JSON documents.
  package var includesPictures: Bool
  /// Longest side of the report's thumbnails in pixels; 0: none are made.
  package var thumbnailSide: Int
  package var includesPHI: Bool
  /// Name and version of the program.
  package var program: String

  package init(
    folder: String?, includesPictures: Bool, thumbnailSide: Int, includesPHI: Bool, program: String
  ) {
    self.folder = folder
    self.includesPictures = includesPictures
    self.thumbnailSide = thumbnailSide
    self.includesPHI = includesPHI
    self.program = program
  }
}
