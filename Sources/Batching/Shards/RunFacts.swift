private import Foundation

/// What a run's report has to know besides its cases, kept in the ledger so that the runs of shards
/// can be reported as one.
struct RunFacts: Codable, Equatable {
  var configuration: BatchConfiguration
  /// Nil where no worker came to load it.
  var model: ModelFacts?

  init(configuration: BatchConfiguration, model: ModelFacts?) {
    self.configuration = configuration
    self.model = model
  }

  /// JSON, for the ledger.
  func text() throws -> String { String(decoding: try JSONEncoder().encode(self), as: UTF8.self) }

  /// From what ``text()`` gave.
  init(text: String) throws {
    self = try JSONDecoder().decode(Self.self, from: Data(text.utf8))
  }
}
