// Checks that the house stands as Package.swift says: imports go up the list of targets only, C stays
// behind its door, only the program prints, and nothing reaches for the network.

import Foundation

struct Target {
  var name: String
  /// Targets of this package.
  var dependencies: [String]
  /// Products of other packages.
  var products: [String]
}

@main
enum CheckLayers {
  static func main() throws {
    let manifest = try String(contentsOfFile: "Package.swift", encoding: .utf8)
    let targets = parse(manifest)
    var faults: [String] = []
    var above = Set<String>()
    for target in targets {
      for name in target.dependencies where !above.contains(name) {
        faults.append("Package.swift: \(target.name) depends on \(name), which stands below it")
      }
      above.insert(target.name)
      faults += try check(target, among: Set(targets.map(\.name)))
    }
    for fault in faults { print(fault) }
    guard faults.isEmpty, targets.count > 10 else { exit(1) }
    print("\(targets.count) targets, every import as declared")
  }

  /// Targets in the order of the manifest; test targets are left to the compiler's own check.
  static func parse(_ manifest: String) -> [Target] {
    let opening = /\.(target|executableTarget|systemLibrary)\(\s*name: "(\w+)"/
    let starts = manifest.matches(of: opening)
    return starts.enumerated().map { index, match in
      let end =
        index + 1 < starts.count ? starts[index + 1].range.lowerBound : manifest.endIndex
      var text = manifest[match.range.upperBound..<end]
      if let tests = text.range(of: ".testTarget(") { text = text[..<tests.lowerBound] }
      var (names, products): ([String], [String]) = ([], [])
      if let list = text.firstMatch(of: /dependencies: \[([^\]]*)\]/) {
        // Products of packages name their package too; only the first name is the module's.
        let product = /\.product\(name: "(\w+)", package: "[\w.-]+"\)/
        products = list.1.matches(of: product).map { String($0.1) }
        let own = list.1.replacing(product) { _ in "" }
        names = own.matches(of: /"(\w+)"/).map { String($0.1) }
      }
      return Target(name: String(match.2), dependencies: names, products: products)
    }
  }

  static func check(_ target: Target, among modules: Set<String>) throws -> [String] {
    let folder = "Sources/\(target.name)"
    guard let files = FileManager.default.enumerator(atPath: folder) else {
      return ["\(folder) is missing"]
    }
    let allowed = Set(
      target.dependencies + target.products + ["Foundation", "Dispatch", "Synchronization"])
    var faults: [String] = []
    for case let file as String in files where file.hasSuffix(".swift") {
      let text = try String(contentsOfFile: "\(folder)/\(file)", encoding: .utf8)
      for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false)
        .enumerated()
      {
        let place = "\(folder)/\(file):\(index + 1)"
        if let reason = fault(in: line, of: target, allowed, modules) {
          faults.append("\(place): \(reason)")
        }
      }
    }
    return faults
  }

  static func fault(
    in line: Substring, of target: Target, _ allowed: Set<String>, _ modules: Set<String>
  ) -> String? {
    if let match = line.prefixMatch(
      of: /(?:@\w+ )?(private |internal |package |public )?import (?:\w+ )?(\w+)/)
    {
      let (access, module) = (match.1.map(String.init) ?? "", String(match.2))
      if !allowed.contains(module) { return "\(target.name) may not import \(module)" }
      let isC =
        modules.contains(module) && module.wholeMatch(of: /C[A-Z]\w*/) != nil
        && module != "CodecsTests"
      if isC && ["package ", "public "].contains(access) {
        return "\(module) must not leave \(target.name)"
      }
    }
    let isProgram = ["imgdx", "Fuzzing"].contains(target.name)
    if !isProgram, line.contains(/(^|[^\w.`])(print|debugPrint|dump)\(/), !line.contains("//") {
      return "only the program prints"
    }
    return nil
  }
}
