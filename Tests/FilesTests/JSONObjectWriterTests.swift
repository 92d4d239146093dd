import Files
import Foundation
import Testing

/// Objects written piece by piece are the same JSON as those written whole.
@Suite struct JSONObjectWriterTests {
  private func write(isIndented: Bool, _ elements: [String]) throws -> String {
    var text = ""
    try withoutActuallyEscaping({ text += $0 } as (String) throws -> Void) { sink in
      var writer = JSONObjectWriter(isIndented: isIndented, to: sink)
      try writer.add("a", ["b": .integer(1), "c": JSONValue(["d"])])
      try writer.add("list", elements: { body in for element in elements { try body(element) } })
      try writer.add("last", .null)
      try writer.close()
    }
    return text
  }

  @Test func isJSONInBothForms() throws {
    for elements in [[], ["1"], ["{\"x\":2}", "3"]] {
      for isIndented in [false, true] {
        let text = try write(isIndented: isIndented, elements)
        let object = try #require(
          JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        #expect((object["list"] as? [Any])?.count == elements.count, "\(text)")
        #expect((object["a"] as? [String: Any])?["b"] as? Int == 1 && object.count == 3)
      }
    }
  }

  @Test func elementsStandOnLinesOfTheirOwn() throws {
    let text = try write(isIndented: true, ["1", "2"])
    #expect(text.hasSuffix("  \"list\": [\n    1,\n    2\n  ],\n  \"last\": null\n}"))
    #expect(try write(isIndented: false, ["1", "2"]).hasSuffix("\"list\":[1,2],\"last\":null}"))
  }
}
