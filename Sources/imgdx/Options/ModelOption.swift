import ArgumentParser
internal import Screening

/// `--model`, for every command that asks a model.
struct ModelOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The model to use; otherwise IMGDX_MODEL, otherwise the shipped model.",
      valueName: "model.onnx"))
  var model: String?

  /// Where the model is, by option, environment, pipeline or installation.
  func path(inPipeline named: String? = nil) throws -> String {
    try ModelLocation.find(model, inPipeline: named)
  }

  func load() throws -> ScreeningModel { try ScreeningModel.load(path: path()) }
}
