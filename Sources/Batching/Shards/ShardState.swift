internal import BatchLedger
internal import Files
private import Foundation

/// How far one shard of a batch has come.
package struct ShardState: Sendable, Equatable {
  package let shard: Shard
  /// Nil for a shard that nobody has begun.
  package let state: BatchStatus.State?
  package let files: Int
  package let settled: Int

  /// Every file of it was looked at.
  package var isComplete: Bool { state == .complete }

  var json: JSONValue {
    [
      "shard": .string(shard.description), "state": .string(state?.rawValue ?? "missing"),
      "files": .integer(files), "settled": .integer(settled),
    ]
  }
}

/// The shards whose ledgers lie in an output folder.
enum ShardFolders {
  /// Every shard of the division, those without a ledger too; none where the batch was not divided.
  /// - Throws: ``BatchError/severalDivisions(folder:counts:)``.
  static func all(in output: String) throws(BatchError) -> [Shard] {
    let counts = divisions(in: output)
    guard counts.count < 2 else {
      throw .severalDivisions(folder: folder(in: output), counts: counts)
    }
    guard let count = counts.first else { return [] }
    return (0..<count).compactMap { Shard(index: $0, count: count) }
  }

  /// Refuses a shard that could not be merged with those that are there, before it works for hours.
  /// - Throws: ``BatchError/otherDivision(folder:count:shard:)``.
  static func check(_ shard: Shard, in output: String) throws(BatchError) {
    if let other = divisions(in: output).first(where: { $0 != shard.count }) {
      throw .otherDivision(folder: folder(in: output), count: other, shard: shard)
    }
  }

  private static func folder(in output: String) -> String { "\(output)/\(Shard.folderName)" }

  /// Into how many parts the batch was divided; more than one number where that was done anew.
  private static func divisions(in output: String) -> [Int] {
    let names = try? FileManager.default.contentsOfDirectory(atPath: folder(in: output))
    return Set((names ?? []).compactMap { Shard($0)?.count }).sorted()
  }

  /// The ledger of a shard, nil for one that nobody has begun.
  static func ledger(of shard: Shard, in output: String) throws(BatchError) -> Ledger? {
    let folder = shard.folder(in: output)
    guard access("\(folder)/\(Ledger.fileName)", F_OK) == 0 else { return nil }
    do {
      return try Ledger(reading: folder)
    } catch {
      throw .ledger(error)
    }
  }
}
