import Documents
import XCTest

/// The core schema of YAML 1.2.
final class ScalarTests: XCTestCase {
  func testNullAndBoolean() {
    for text in ["", "~", "null", "Null", "NULL"] { XCTAssertEqual(Scalar.resolve(text), .null) }
    for text in ["true", "True", "TRUE"] { XCTAssertEqual(Scalar.resolve(text), .boolean(true)) }
    for text in ["false", "False", "FALSE"] {
      XCTAssertEqual(Scalar.resolve(text), .boolean(false))
    }
  }

  func testIntegers() {
    for (text, value) in [
      ("0", 0), ("-0", 0), ("+12", 12), ("-7", -7), ("017", 17), ("0o17", 15), ("0x1F", 31),
      ("0xff", 255), ("9223372036854775807", Int.max), ("-9223372036854775808", Int.min),
    ] {
      XCTAssertEqual(Scalar.resolve(text), .integer(value), text)
    }
    XCTAssertEqual(Scalar.resolve("9223372036854775808"), .hugeInteger(9_223_372_036_854_775_808))
    XCTAssertEqual(Scalar.resolve("0xFFFFFFFFFFFFFFFF"), .hugeInteger(18_446_744_073_709_551_616))
  }

  func testNumbers() {
    for (text, value) in [
      ("1e-3", 0.001), ("1.", 1), (".5", 0.5), ("-.5", -0.5), ("+.5e1", 5), ("1.5E+2", 150),
      ("0.1", 0.1), ("1e400", Double.infinity), ("1.e2", 100), (".inf", .infinity),
      ("-.INF", -.infinity),
    ] {
      XCTAssertEqual(Scalar.resolve(text), .number(value), text)
    }
    guard case .number(let nan) = Scalar.resolve(".nan") else { return XCTFail("no number") }
    XCTAssertTrue(nan.isNaN)
  }

  func testStrings() {
    for text in [
      "yes", "no", "on", "off", "y", "0o8", "0o", "0x", "0xg", "1e", "1e+", "e3", ".", "+", "-",
      "1_000", "12:30", "nan", "inf", "NaN", "0b1", "1 2", " 1", "truE", "--1", "-0x1", "1.2.3",
      "é", "1é", "0x1p3",
    ] {
      XCTAssertEqual(Scalar.resolve(text), .string(text), text)
    }
  }
}
