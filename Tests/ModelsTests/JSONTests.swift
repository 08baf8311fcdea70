import Models
import XCTest

final class JSONTests: XCTestCase {
  private func parse(_ text: String) throws -> JSON { try JSON(Array(text.utf8)) }

  func testValuesKeepOrderAndPlaces() throws {
    XCTAssertEqual(
      try parse(" {\"b\" : [1, -2.5e1, true, null], \"a\":\"x\"} "),
      .object([
        JSON.Member(
          "b", .array([.integer(1), .number(-25), .boolean(true), .null]), offset: 2),
        JSON.Member("a", .string("x"), offset: 33),
      ]))
    XCTAssertEqual(try parse("9223372036854775808"), .number(9_223_372_036_854_775_808))
    XCTAssertEqual(try parse("{}"), .object([]))
    XCTAssertEqual(try parse("[ ]"), .array([]))
  }

  func testStringsWithEveryEscapeComeBack() throws {
    XCTAssertEqual(
      try parse("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e4\\ud83c\\udf38\"").text,
      "\"\\/\u{8}\u{c}\n\r\tä🌸")
    let scalars = (0..<0x250).compactMap { Unicode.Scalar($0) } + ["\u{2028}", "🌸"]
    let text = String(String.UnicodeScalarView(scalars))
    XCTAssertEqual(try parse(JSON.quoted(text)).text, text)
  }

  func testWhatIsNotJSONIsRefused() {
    for text in [
      "", "{", "[1,]", "{\"a\":1,}", "{a:1}", "'a'", "01", "1.", ".5", "+1", "1e", "-", "nul",
      "\"\\x\"", "\"\\u12g4\"", "\"\\ud800x\"", "\"\\udc00\"", "\"\n\"", "\"", "1 2", "[1 2]",
      "{\"a\" 1}", "1e999", "\u{feff}1", "{\"a\":1,\"a\":2}",
    ] {
      XCTAssertThrowsError(try parse(text), text)
    }
    XCTAssertThrowsError(try JSON([0x22, 0xFF, 0x22]), "bad UTF-8")
  }
}
