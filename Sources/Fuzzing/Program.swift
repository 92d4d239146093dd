private import CFuzzer
private import Foundation

/// `Fuzzing TARGET seeds FOLDER SOURCE...` writes seeds; `Fuzzing TARGET decode SOURCE...` decodes each
/// file of the target's kind once, whole; `Fuzzing TARGET ...` runs libFuzzer with its own options.
/// `Fuzzing` alone names the targets. See Scripts/fuzz.
@main
enum Program {
  /// libFuzzer's callback takes no context: the target is chosen before it starts.
  nonisolated(unsafe) private static var target = FuzzTarget.png

  static func main() throws {
    let arguments = CommandLine.arguments
    guard arguments.count > 1 else {
      print(FuzzTarget.allCases.map(\.rawValue).joined(separator: "\n"))
      return
    }
    guard let target = FuzzTarget(rawValue: arguments[1]) else {
      print("there is no fuzz target \(arguments[1])")
      exit(2)
    }
    if arguments.count > 3, arguments[2] == "seeds" {
      let count = try Seeds(target: target).write(to: arguments[3], from: Array(arguments[4...]))
      print("\(target.rawValue): \(count) seeds")
      return
    }
    if arguments.count > 3, arguments[2] == "decode" {
      var count = 0
      Seeds(target: target).forEach(in: Array(arguments[3...])) { bytes in
        target.decode(bytes, maximumPixels: 1 << 28)
        count += 1
      }
      print("\(target.rawValue): \(count) files decoded or refused")
      return
    }
    Program.target = target
    exit(run([arguments[0]] + arguments[2...]))
  }

  private static func run(_ arguments: [String]) -> Int32 {
    var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
    var count = Int32(arguments.count)
    return words.withUnsafeMutableBufferPointer { buffer in
      var first = buffer.baseAddress
      return LLVMFuzzerRunDriver(&count, &first) { bytes, count in
        // Safe: libFuzzer lends `count` bytes for the call.
        Program.target.decode(Array(UnsafeBufferPointer(start: bytes, count: count)))
        return 0
      }
    }
  }
}
