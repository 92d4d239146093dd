private import CKernels

/// The memory that one call of a selection kernel reads and writes.
struct SelectionRow<Sample> {
  /// One pointer an input, each to at least `width` samples.
  let rows: UnsafePointer<UnsafePointer<Sample>?>
  let network: SelectionNetwork
  let out: UnsafeMutablePointer<Sample>
  let width: Int
  /// Room for `network.count` times 64 samples.
  let scratch: UnsafeMutablePointer<Sample>

  fileprivate func call(
    _ kernel: (
      UnsafePointer<UnsafePointer<Sample>?>, Int32, UnsafePointer<UInt16>, Int32, Int32,
      UnsafeMutablePointer<Sample>, Int32, UnsafeMutablePointer<Sample>
    ) -> Void
  ) {
    kernel(
      rows, Int32(network.count), network.pairs, Int32(network.pairs.count / 2),
      Int32(network.rank), out, Int32(width), scratch)
  }
}

extension UInt8 {
  static func select(_ row: SelectionRow<UInt8>) { row.call(enhance_select_u8) }
}
extension Int8 {
  static func select(_ row: SelectionRow<Int8>) { row.call(enhance_select_i8) }
}
extension UInt16 {
  static func select(_ row: SelectionRow<UInt16>) { row.call(enhance_select_u16) }
}
extension Int16 {
  static func select(_ row: SelectionRow<Int16>) { row.call(enhance_select_i16) }
}
extension UInt32 {
  static func select(_ row: SelectionRow<UInt32>) { row.call(enhance_select_u32) }
}
extension Int32 {
  static func select(_ row: SelectionRow<Int32>) { row.call(enhance_select_i32) }
}
extension Float {
  static func select(_ row: SelectionRow<Float>) { row.call(enhance_select_f32) }
}
extension Double {
  static func select(_ row: SelectionRow<Double>) { row.call(enhance_select_f64) }
}
