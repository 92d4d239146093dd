/// Which items train, which choose the best model, and which are kept for the final test.
package struct DataSplit: Sendable, Equatable {
  /// Indices into the manifest's items, ascending.
  package let train: [Int]
  package let validation: [Int]
  package let test: [Int]

  package init(train: [Int], validation: [Int], test: [Int]) {
    self.train = train
    self.validation = validation
    self.test = test
  }

  package subscript(name: SplitName) -> [Int] {
    switch name {
    case .train: train
    case .validation: validation
    case .test: test
    }
  }
}

extension Manifest {
  /// The seed of folds that are named by number alone, so that training, cross-validation and
  /// evaluation mean the same fold.
  package static let foldSeed: UInt64 = 1

  /// The split that the manifest's `split` column asks for, else one drawn from the seed with every
  /// patient on one side and the labels in proportion.
  ///
  /// A manifest whose column names only train and test has its validation images taken from train.
  /// - Parameters:
  ///   - validationShare: share of all images, 0..<1.
  ///   - testShare: share of all images, 0..<1; 0 where the test set is another manifest.
  package func split(validationShare: Double = 0.15, testShare: Double = 0, seed: UInt64)
    throws(TrainingError) -> DataSplit
  {
    guard validationShare >= 0, testShare >= 0, validationShare + testShare < 1 else {
      throw .cannotSplit(reason: "the validation and test shares must leave images to train on")
    }
    guard items.contains(where: { $0.split != nil }) else {
      return try drawn(from: Array(items.indices), validationShare, testShare, seed)
    }
    let named = SplitName.allCases.map { name in items.indices.filter { items[$0].split == name } }
    guard named[1].isEmpty, !named[0].isEmpty, validationShare > 0 else {
      return DataSplit(train: named[0], validation: named[1], test: named[2])
    }
    let rest = try drawn(from: named[0], validationShare, 0, seed)
    return DataSplit(train: rest.train, validation: rest.validation, test: named[2])
  }

  /// For cross-validation: the items of each fold, every patient within one fold. Whoever uses fold
  /// `k` for testing trains on all others.
  /// - Parameter count: at least 2, at most the number of patients.
  package func folds(_ count: Int, seed: UInt64) throws(TrainingError) -> [[Int]] {
    let partition = partition(of: Array(items.indices), seed: seed)
    guard count >= 2 else { throw .cannotSplit(reason: "there must be at least 2 folds") }
    guard count <= partition.groupCount else {
      throw .cannotSplit(
        reason: "\(count) folds need as many patients; there are \(partition.groupCount)")
    }
    return partition.parts(shares: [Double](repeating: 1 / Double(count), count: count))
  }

  private func drawn(
    from indices: [Int], _ validationShare: Double, _ testShare: Double, _ seed: UInt64
  ) throws(TrainingError) -> DataSplit {
    let parts = partition(of: indices, seed: seed)
      .parts(shares: [1 - validationShare - testShare, validationShare, testShare])
      .map { $0.map { indices[$0] } }
    let isShort =
      parts[0].isEmpty || (validationShare > 0 && parts[1].isEmpty)
      || (testShare > 0 && parts[2].isEmpty)
    guard !isShort else {
      throw .cannotSplit(reason: "there are too few patients for every side to have one")
    }
    return DataSplit(train: parts[0], validation: parts[1], test: parts[2])
  }

  /// Items without one label form a class of their own.
  private func partition(of indices: [Int], seed: UInt64) -> GroupedPartition {
    GroupedPartition(
      groupNames: indices.map { items[$0].group },
      classes: indices.map { items[$0].classIndex ?? labels.count },
      classCount: labels.count + 1, seed: seed)
  }
}
