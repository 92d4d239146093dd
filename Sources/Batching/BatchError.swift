package import BatchLedger
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
  /// An input lies inside the output folder, where results could take its place.
  case outputHoldsInput(path: String, folder: String)
  /// Another run writes into the output folder.
  case inUse(folder: String, process: Int32?)
  /// Results cannot be written, so going on would lose them.
  case cannotWrite(FileError)
  /// What happens cannot be remembered.
  case ledger(LedgerError)
  /// The model does not work, for any image.
  case screening(ScreeningError)
  /// No worker process can be started.
  case cannotStart(reason: String)
  /// Workers die before they can take a case.
  case workersDie(reason: String)
  /// A worker found that going on makes no sense, for any case.
  case worker(reason: String)
  /// The user stopped it before every input was listed; nothing was begun.
  case interrupted
  /// The model's file was replaced while the run used it.
  case modelChanged(path: String)
  /// Results with real names are in the folder, and this run is to be pseudonymous.
  case namesAreReal(folder: String)
  /// The other way round.
  case namesArePseudonyms(folder: String)
  /// Pseudonyms are in the folder, and what they stand for is not.
  case namesAreLost(folder: String)
  /// Another process works on the cases of this run.
  case casesAreTaken(folder: String)
  /// What keeps other runs out is gone.
  case lockIsGone(folder: String)
  /// There are no pseudonyms to look up.
  case namesAreNotHidden(folder: String)
  /// A shard's pseudonyms were made with another key than those of the others.
  case keysDiffer(shard: Shard)
  /// There is nothing to merge.
  case noShards(folder: String)
  /// The folder holds shards of more than one division.
  case severalDivisions(folder: String, counts: [Int])
  /// A shard of another division than those that the folder holds.
  case otherDivision(folder: String, count: Int, shard: Shard)
  /// Shards were run with different models, versions or options.
  case shardsDiffer(one: Shard, other: Shard)

  package var description: String {
    switch self {
    case .missing(let inputs): "no such file or folder: \(inputs.joined(separator: ", "))"
    case .noImages(let inputs): "no images found in \(inputs.joined(separator: ", "))"
    case .outputHoldsInput(let path, let folder):
      "the input \(path) lies inside the output folder \(folder), where results could replace it; "
        + "choose another output folder"
    case .outputIsInput(let path):
      "the output folder \(path) is also an input; choose another, or the next run would read "
        + "these results as images"
    case .inUse(let folder, let process):
      "another run\(process.map { " (process \($0))" } ?? "") is writing into \(folder): wait for "
        + "it, stop it, or choose another output folder"
    case .cannotWrite(let error): error.description
    case .ledger(let error): error.description
    case .screening(let error): error.description
    case .cannotStart(let reason): "no worker process can be started: \(reason)"
    case .workersDie(let reason): "workers end before they can take a case: \(reason)"
    case .worker(let reason): reason
    case .interrupted: "stopped before every input was listed; nothing was begun"
    case .modelChanged(let path):
      "the model \(path) changed while the run used it: run again, and every file is done with the "
        + "new one"
    case .namesAreReal(let folder):
      "\(folder) holds results with real names, which a ledger keeps for good: choose another output "
        + "folder for a pseudonymous run"
    case .namesArePseudonyms(let folder):
      "\(folder) holds pseudonymous results: give --pseudonymous again, or choose another output "
        + "folder"
    case .namesAreLost(let folder):
      "\(folder) has no names.sqlite, which says what file each pseudonym stands for: put it back, or "
        + "choose another output folder"
    case .casesAreTaken(let folder):
      "another run has taken files of this one: wait for whoever else writes into \(folder), then run "
        + "again"
    case .lockIsGone(let folder):
      "\(folder)/\(OutputLock.fileName) was removed or replaced while the run was at work, so another may "
        + "have begun: wait for it, then run again"
    case .namesAreNotHidden(let folder):
      "\(folder) has no pseudonyms: its results are called after their files"
    case .keysDiffer(let shard):
      "shard \(shard) has another key for its pseudonyms than the others: give all output folders one "
        + "names.sqlite before their first runs"
    case .noShards(let folder):
      "no shard of a batch came to its end in \(folder): 'imgdx batch INPUT... -o \(folder) --shard "
        + "0/4' and so on make them"
    case .severalDivisions(let folder, let counts):
      "\(folder) holds shards of more than one division (into "
        + counts.map(String.init).joined(separator: " and into ")
        + "): remove the folders of the one that is not wanted"
    case .otherDivision(let folder, let count, let shard):
      "\(folder) holds shards of a division into \(count), and this would be shard \(shard): give "
        + "--shard I/\(count), choose another output folder, or remove those shards' folders"
    case .shardsDiffer(let one, let other):
      "shards \(one) and \(other) were run with different models, versions or options, so their "
        + "results cannot stand in one report: run one of them again"
    }
  }
}
