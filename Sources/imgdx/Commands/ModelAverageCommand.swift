import ArgumentParser
private import Foundation
private import ModelFiles

extension ModelCommand {
  /// `imgdx model average`: several networks, or one at several sizes, as one.
  struct Average: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "average", abstract: "Makes one model that averages the answers of several.",
      discussion: """
        The mean of several networks, trained with other seeds or on other images, is nearly always \
        better than each; it takes as long as all of them. They must have the same inputs, outputs, \
        labels and enhancement. Name and text are the first one's.

        With --sizes each network sees the image at each of these sizes, with the same weights. \
        Take sizes around the one that it was trained at.

        Examples:
          imgdx model average seed1.onnx seed2.onnx -o both.onnx --half
          imgdx model average one.onnx --sizes 128,160,192 --input-size 256 -o three-sizes.onnx
        """)

    @Argument(help: "The model files.") var models: [String]
    @Option(name: .shortAndLong, help: "The model file to write.") var output: String
    @Option(
      help: ArgumentHelp(
        "Sides of the squares that each network sees, in pixels, separated by commas.",
        valueName: "pixels"))
    var sizes: String?
    @Option(
      help: ArgumentHelp(
        "Side of the square that the new model takes; default: the largest of --sizes.",
        valueName: "pixels"))
    var inputSize: Int?
    @Flag(help: "Write weights in half precision.") var half = false

    private var sides: [Int] {
      get throws {
        guard let sizes else { return [] }
        let sides = sizes.split(separator: ",").map { Int($0.filter { $0 != " " }) ?? 0 }
        guard !sides.isEmpty, sides.allSatisfy({ 1...8192 ~= $0 }), Set(sides).count == sides.count
        else {
          throw ValidationError("--sizes takes different numbers of pixels, such as 128,160,192.")
        }
        return sides
      }
    }

    func validate() throws {
      let sides = try sides
      guard models.count > 1 || !sides.isEmpty else {
        throw ValidationError("Give two models at least, or --sizes.")
      }
      guard inputSize == nil || !sides.isEmpty && 1...8192 ~= inputSize ?? 1 else {
        throw ValidationError("--input-size goes with --sizes, and is at most 8192.")
      }
    }

    func run() throws {
      try ModelCommand.refuseOverwriting(models, by: output)
      let sides = try sides
      var members: [Model] = []
      for path in models {
        var model = try Model.load(path: path)
        if let largest = sides.max() {
          model = try model.averaged(
            overSides: sides, inputSide: inputSize ?? largest, path: path)
        }
        members.append(model)
      }
      let mean = members.count > 1 ? try Model.average(members, paths: models) : members[0]
      try mean.write(to: output, halvesWeights: half)
    }
  }
}
