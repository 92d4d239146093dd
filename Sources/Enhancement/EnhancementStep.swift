/// One step as text: `name` or `name:key=value,key=value`.
struct EnhancementStep: Sendable {
  let method: any EnhancementMethod
  /// The text with every parameter spelled out, in the method's order.
  let canonical: String
  private let values: EnhancementValues

  init(parsing text: String) throws(EnhancementError) {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let type = try EnhancementCatalog.method(named: String(parts[0]))
    var values: EnhancementValues = [:]
    for parameter in type.parameters { values[parameter.name] = parameter.standard }
    if parts.count == 2 {
      for assignment in parts[1].split(separator: ",", omittingEmptySubsequences: false) {
        let (parameter, value) = try Self.parse(String(assignment), of: type, in: text)
        values[parameter] = value
      }
    }
    self.values = values
    method = try type.init(values)
    canonical = Self.text(type, values)
  }

  /// The canonical text with the values that the image supplied.
  func record(with found: EnhancementValues) -> String {
    Self.text(type(of: method), values.merging(found) { _, found in found })
  }

  private static func parse(
    _ assignment: String, of type: any EnhancementMethod.Type, in step: String
  ) throws(EnhancementError) -> (String, Double) {
    let sides = assignment.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
    let known = type.parameters.map(\.name).joined(separator: ", ")
    guard sides.count == 2 else {
      throw .badParameter(
        step: step, reason: "parameters are written key=value; there are \(known)")
    }
    guard let parameter = type.parameters.first(where: { $0.name == sides[0] }) else {
      throw .badParameter(
        step: step, reason: "\(type.name) has no parameter '\(sides[0])'; there are \(known)")
    }
    guard let value = Double(sides[1]), parameter.range.contains(value),
      !parameter.isWhole || value.rounded() == value
    else {
      let bounds = "\(text(parameter.range.lowerBound)) to \(text(parameter.range.upperBound))"
      throw .badParameter(
        step: step,
        reason: "\(sides[0]) is a\(parameter.isWhole ? " whole" : "") number from \(bounds)")
    }
    return (parameter.name, value)
  }

  private static func text(
    _ type: any EnhancementMethod.Type, _ values: EnhancementValues
  ) -> String {
    let assignments = type.parameters.compactMap { parameter in
      values[parameter.name].map { "\(parameter.name)=\(text($0))" }
    }
    return assignments.isEmpty ? type.name : "\(type.name):\(assignments.joined(separator: ","))"
  }

  /// "8" for 8.0, the shortest text that reads back the same otherwise.
  private static func text(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : "\(value)"
  }
}
