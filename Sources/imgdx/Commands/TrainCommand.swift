import ArgumentParser
private import Training

/// `imgdx train`: a labelled set in, a model file out.
struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Trains a network on labelled images and saves the best model as it goes.",
    discussion: """
      The data is a CSV with a header: image, label, mask, patient_id, split, weight (paths relative
      to the CSV). Every patient stays on one side of the split. Ctrl-C keeps what is done; the same
      command goes on from there. The same seed gives the same bytes on any number of threads.

      Examples:
        imgdx train --data labels.csv -o model.onnx
        imgdx train --data labels.csv --test-fold 0 --folds 5 --epochs 100 -o model.onnx
        imgdx evaluate --model model.onnx --data labels.csv --test-fold 0 --folds 5
        imgdx train --data new-labels.csv --init model.onnx -o fine-tuned.onnx
        imgdx train --data labels.csv --network resnet18.onnx --task classify -o model.onnx
      """)

  @OptionGroup var options: TrainingOptions

  @Option(help: "Keep this fold (from 0) for testing: it is neither trained nor chosen on.")
  var testFold: Int?

  @Option(name: .shortAndLong, help: "The model file to write.") var output: String

  func run() throws {
    Interruption.handleInOrder()
    let manifest = try Manifest(contentsOf: options.data)
    try manifest.checkFiles()
    try TrainingJob(options: options, manifest: manifest, testFold: testFold, output: output).run()
  }
}
