/// Every enhancement there is, by name.
package enum EnhancementCatalog {
  package static let methods: [any EnhancementMethod.Type] = [
    WindowStretch.self, PercentileStretch.self, CLAHE.self, UnsharpMask.self,
    Median.self, NonLocalMeans.self, Gaussian.self,
  ]

  /// Names of one purpose, or of all.
  package static func names(_ purpose: EnhancementPurpose? = nil) -> [String] {
    methods.filter { purpose == nil || $0.purpose == purpose }.map { $0.name }
  }

  static func method(named name: String) throws(EnhancementError) -> any EnhancementMethod.Type {
    for method in methods where method.name == name { return method }
    throw .unknownMethod(name, known: names())
  }
}
