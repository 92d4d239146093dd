private import Batching
private import Enhancement
private import Files
private import Foundation
private import Screening
internal import Yams

/// From the tree of a pipeline file to its meaning, key by key.
struct PipelineReader {
  let path: String
  static let schema = "imgdx.pipeline/1"
  private static let mostSteps = 16

  func read() throws(PipelineError) -> Pipeline {
    var pipeline = Pipeline()
    guard let root = try PipelineText(path: path).tree() else { return pipeline }
    let file = try entries(of: root, section: nil)
    let known = Self.schema
    if let schema = file["schema"], let text = try schema.text(known), text != known {
      throw schema.fault("'schema' is \(known); this version of imgdx reads no other")
    }
    if let model = try file["model"]?.text("the path of a model's file") {
      pipeline.model = resolved(model)
    }
    if let entry = file["enhancement"] { pipeline.adjustments.enhancement = try steps(entry) }
    try readThresholds(section("thresholds", of: file), into: &pipeline.adjustments)
    try readOutputs(section("outputs", of: file), into: &pipeline)
    try readLimits(section("limits", of: file), into: &pipeline)
    return pipeline
  }

  private func steps(_ entry: PipelineEntry) throws(PipelineError) -> [String]? {
    let item = "a step such as median:size=3"
    guard let list = try entry.list("a list of steps, [] for none", of: item) else { return nil }
    guard list.count <= Self.mostSteps else {
      throw entry.fault("'enhancement' takes at most \(Self.mostSteps) steps; found \(list.count)")
    }
    var steps: [String] = []
    for (text, entry) in list {
      do {
        steps += try EnhancementChain(parsing: [text]).steps
      } catch {
        throw entry.fault(Self.remark(on: error))
      }
    }
    return steps
  }

  private static func remark(on error: EnhancementError) -> String {
    guard case .unknownMethod(let name, let known) = error else {
      return "'enhancement': \(PipelineEntry.shown(error.description, most: 300))"
    }
    let near = PipelineKeys.nearest(to: name, among: known).map { "did you mean '\($0)'? " } ?? ""
    return "no enhancement is called '\(PipelineEntry.shown(name))'; \(near)there are "
      + known.joined(separator: ", ")
  }

  private func readThresholds(
    _ section: [String: PipelineEntry], into adjustments: inout ModelAdjustments
  ) throws(PipelineError) {
    adjustments.suspicionThreshold = try section["suspicion"]?.number(0...1, excludesZero: true)
    adjustments.minimumLesionShare = try section["minimum_lesion_share"]?.number(0...0.99)
    adjustments.maskThreshold = try section["mask"]?.number(0.01...0.99)
  }

  private func readOutputs(_ section: [String: PipelineEntry], into pipeline: inout Pipeline)
    throws(PipelineError)
  {
    if try section["mask"]?.flag() == false { pipeline.pictures.remove(.mask) }
    if try section["overlay"]?.flag() == false { pipeline.pictures.remove(.overlay) }
    if let value = try section["thumbnails"]?.flag() { pipeline.includesThumbnails = value }
    if let value = try section["include_phi"]?.flag() { pipeline.includesPHI = value }
    guard let entry = section["pseudonymous"], let value = try entry.flag() else { return }
    guard !(value && pipeline.includesPHI) else {
      throw entry.fault(
        "'pseudonymous' results have no patient data, which 'include_phi' asks for: leave one out")
    }
    pipeline.isPseudonymous = value
  }

  private func readLimits(_ section: [String: PipelineEntry], into pipeline: inout Pipeline)
    throws(PipelineError)
  {
    typealias Bounds = Pipeline.Bounds
    let unit = " of seconds"
    if let value = try section["pixels"]?.whole(Bounds.pixels) {
      pipeline.limits.maximumPixels = value
    }
    if let value = try section["bytes"]?.size(Bounds.bytes) {
      pipeline.limits.maximumBytes = value
    }
    if let value = try section["frames"]?.whole(Bounds.frames) {
      pipeline.limits.maximumFrames = value
    }
    let timeout = try section["timeout"]?.number(Bounds.seconds, unit: unit, excludesZero: true)
    if let timeout { pipeline.timeout = .seconds(timeout) }
    let grace = try section["grace"]?.number(Bounds.seconds, unit: unit)
    if let grace { pipeline.grace = .seconds(grace) }
    pipeline.memory = try section["memory"]?.size(Bounds.memory)
    pipeline.jobs = try section["jobs"]?.whole(Bounds.jobs)
  }

  // MARK: - Structure

  private func section(_ name: String, of file: [String: PipelineEntry]) throws(PipelineError)
    -> [String: PipelineEntry]
  {
    guard let entry = file[name] else { return [:] }
    return try entries(of: entry.value, section: name)
  }

  /// - Parameter section: nil for the file itself.
  private func entries(of node: Node, section: String?) throws(PipelineError)
    -> [String: PipelineEntry]
  {
    let whole = PipelineEntry(path: path, key: section ?? "", value: node)
    guard case .mapping(let mapping) = node else {
      // A file of comments, or a section whose lines are all commented out.
      if case .scalar(let scalar) = node, scalar.string.isEmpty, scalar.style == .plain {
        return [:]
      }
      let known = PipelineKeys.keys(of: section).joined(separator: ", ")
      let name = section.map { "'\($0)'" } ?? "a pipeline"
      throw whole.fault("\(name) holds lines of the form key: value; there are \(known)")
    }
    var entries: [String: PipelineEntry] = [:]
    for (key, value) in mapping {
      let place = PipelineEntry(path: path, key: "", value: key)
      guard case .scalar(let scalar) = key else {
        throw place.fault("a key is one word, not a list or a section")
      }
      let name = scalar.string
      guard PipelineKeys.keys(of: section).contains(name) else {
        throw place.fault(PipelineKeys.remark(on: name, in: section))
      }
      guard entries[name] == nil else {
        throw place.fault("the key '\(name)' stands twice in this section: keep one")
      }
      let full = section.map { "\($0).\(name)" } ?? name
      entries[name] = PipelineEntry(path: path, key: full, value: value)
    }
    return entries
  }

  /// A model's path is seen from the pipeline's folder, so that both can be moved together.
  private func resolved(_ model: String) -> String {
    guard !model.hasPrefix("/") else { return model }
    let folder = Folder.parent(of: path)
    return folder.isEmpty ? model : "\(folder)/\(model)"
  }
}
