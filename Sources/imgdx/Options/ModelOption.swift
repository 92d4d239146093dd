import ArgumentParser
internal import Screening

/// `--model`, for every command that asks a model.
struct ModelOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The model to use; otherwise IMGDX_MODEL, otherwise the shipped model.",
      valueName: "model.onnx"))
  var model: String?

  /// Where the model is, by option, environment or installation.
  func path() throws -> String { try ModelLocation.find(model) }

  func load() throws -> ScreeningModel { try ScreeningModel.load(path: path()) }
}
