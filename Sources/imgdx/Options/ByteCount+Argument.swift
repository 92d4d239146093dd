internal import ArgumentParser
internal import Pipelines

/// Sizes on the command line are written as in a pipeline file.
extension ByteCount: ExpressibleByArgument {
  init?(argument: String) { self.init(argument) }
}
