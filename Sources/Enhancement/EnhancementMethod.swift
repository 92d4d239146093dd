package import Imaging

/// One enhancement: a pure step from image to image, with its parameters.
package protocol EnhancementMethod: Sendable {
  /// What stands before the colon.
  static var name: String { get }
  /// Which option takes it.
  static var purpose: EnhancementPurpose { get }
  /// One sentence for help texts.
  static var summary: String { get }
  static var parameters: [EnhancementParameter] { get }

  /// - Parameter values: each within its range; whole where the parameter is.
  init(_ values: EnhancementValues) throws(EnhancementError)

  /// The enhanced image and the values that were used where the parameters left them open.
  func apply(to image: Image) throws(EnhancementError) -> (image: Image, found: EnhancementValues)
}

/// The option of the command line that a method belongs to.
package enum EnhancementPurpose: String, Sendable {
  case denoise
  case contrast
}

/// A number that steers a method.
package struct EnhancementParameter: Sendable, Equatable {
  package let name: String
  package let range: ClosedRange<Double>
  /// Nil when the image supplies it (its window, its noise).
  package let standard: Double?
  package let isWhole: Bool
  package let summary: String

  init(
    _ name: String, _ range: ClosedRange<Double>, standard: Double?, isWhole: Bool = false,
    _ summary: String
  ) {
    self.name = name
    self.range = range
    self.standard = standard
    self.isWhole = isWhole
    self.summary = summary
  }
}

/// Values by parameter name.
package typealias EnhancementValues = [String: Double]
