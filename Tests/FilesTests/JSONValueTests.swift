import Foundation
import Testing

@testable import Files

/// What is written can be read by others and stand inside a web page.
@Suite struct JSONValueTests {
  @Test func keepsTheOrderOfMembers() {
    let value: JSONValue = ["b": .integer(1), "a": .array([.null, .bool(true)]), "c": [:]]
    #expect(value.text() == #"{"b":1,"a":[null,true],"c":{}}"#)
  }

  @Test func indents() {
    let value: JSONValue = ["a": .array([.integer(1), .integer(2)]), "b": .array([])]
    #expect(value.text(isIndented: true) == "{\n  \"a\": [\n    1,\n    2\n  ],\n  \"b\": []\n}")
  }

  @Test func cannotEndAScriptElement() {
    #expect(JSONValue.string("</script>\u{2028}").text() == #""\u003c/script>\u2028""#)
  }

  @Test func strangeTextSurvives() throws {
    let text = "a\"b\\c\n\r\t\u{0}\u{1F}\u{7F}é😀e\u{301}</x>"
    let written = JSONValue.array([.string(text)]).text()
    let read = try #require(
      JSONSerialization.jsonObject(with: Data(written.utf8)) as? [String])
    #expect(Array(read[0].unicodeScalars) == Array(text.unicodeScalars))
  }

  @Test func numbersAreShortAndFinite() {
    #expect(JSONValue.array([.number(0.1), .number(3), .number(.nan)]).text() == "[0.1,3,null]")
    #expect(JSONValue(0.123456, decimals: 3) == .number(0.123))
    #expect(JSONValue(nil, decimals: 3) == .null)
    #expect(JSONValue(Double.infinity, decimals: 3) == .null)
  }
}
