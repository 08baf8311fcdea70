import Foundation
import Runs
import Tensors
import XCTest

final class RunLineParserTests: XCTestCase {
  private func described(_ line: RunLine?) -> String {
    guard let line else { return "none" }
    // Bits, so that no number passes for another, and none is lost for being none.
    let numbers = line.numbers.map {
      "\($0.key)=\($0.value.isNaN ? "nan" : "\($0.value.bitPattern)")"
    }
    return (numbers + line.words.map { "\($0.key)='\($0.value)'" }).joined(separator: ";")
  }

  private func check(
    _ text: String, _ parser: inout RunLineParser, file: StaticString = #filePath,
    line: UInt = #line
  ) {
    let bytes = Array(text.utf8)
    XCTAssertEqual(
      described(parser.line(bytes, 0..<bytes.count)), described(RunLineParser.any(bytes)), text,
      file: file, line: line)
  }

  func testLinesOfRunsAreReadTheShortWay() throws {
    var parser = RunLineParser()
    let text = Array(
      "{\"phase\":\"p\",\"epoch\":1,\"val/acc1\":0.2737243987563967,\"x\":null}\n{\"phase\": \"q\", \"epoch\": 2, \"val/acc1\": 1e-07, \"x\": -0.5}"
        .utf8)
    let end = try XCTUnwrap(text.firstIndex(of: UInt8(ascii: "\n")))
    let first = try XCTUnwrap(parser.plain(text, 0..<end))
    XCTAssertEqual(first.words["phase"], "p")
    XCTAssertEqual(first.numbers["val/acc1"], 0.2737243987563967)
    XCTAssertTrue(first.numbers["x"]?.isNaN ?? false)
    XCTAssertNil(first.numbers["phase"])
    let second = try XCTUnwrap(parser.plain(text, (end + 1)..<text.count))
    XCTAssertEqual(second.words["phase"], "q")
    XCTAssertEqual(second.numbers["epoch"], 2)
    XCTAssertEqual(second.numbers["val/acc1"], 1e-7)
    XCTAssertEqual(second.numbers["x"], -0.5)
    XCTAssertEqual(first.words["phase"], "p", "the first stays what it was")
  }

  func testBothWaysGiveTheSame() {
    var parser = RunLineParser()
    for text in [
      "", " ", "{}", "{ }", "{\"a\":1", "{\"a\":1}x", "{\"a\":1} \r", "{\"a\":01}", "{\"a\":-0}",
      "{\"a\":-0.0}", "{\"a\":1.}", "{\"a\":.5}", "{\"a\":1e}", "{\"a\":1e+5}", "{\"a\":1E-5}",
      "{\"a\":1e400}", "{\"a\":-1e400}", "{\"a\":1e-400}", "{\"a\":9007199254740993}",
      "{\"a\":123456789012345678901234567890}", "{\"a\":0.30000000000000004}", "{\"a\":+1}",
      "{\"a\":nul}", "{\"a\":null}", "{\"a\":true}", "{\"a\":[1]}", "{\"a\":{}}",
      "{\"a\":1,\"a\":2}", "{\"a\":1,\"b\":2,\"a\":3}", "{\"a\":1,}", "{,}", "[1]", "{\"a\" 1}",
      "{\"a\":\"b\"}", "{\"a\":\"\\u0062\"}", "{\"\\u0061\":1}", "{\"a\":\"ä\"}", "{\"a\":\"\t\"}",
      "{\"a\":\"b}", "{\"a\":1e22}", "{\"a\":1e23}", "{\"a\":123456789012345e22}",
      "{\"a\":1.5e-22}", "{\"a\":1e99999999999999999999}", "{\"a\":0.1}", "{\"a\":1,\"b\":\"x\"}",
      "{\"b\":\"x\",\"a\":1}", "{\"a\":1,\"b\":\"x\",\"c\":2}", "{\"a\":1}",
    ] { check(text, &parser) }
  }

  func testBothWaysGiveTheSameForRandomLines() {
    var stream = RandomStream(seed: 3, purpose: .test)
    var parser = RunLineParser()
    func number() -> String {
      switch stream.integer(in: 0...4) {
      case 0: return "\(stream.integer(in: -1000...1000))"
      case 1: return "\(stream.uniform())"
      case 2: return "\(Double(bitPattern: UInt64(stream.integer(in: 0...0xFFFF_FFFE)) << 32 | 5))"
      case 3: return "null"
      default:
        return
          "\(stream.integer(in: 0...99999)).\(stream.integer(in: 0...999))e\(stream.integer(in: -30...30))"
      }
    }
    let alphabet = Array("{}\":,.-+eE0123456789 nul\\a\n".utf8)
    for _ in 0..<20_000 {
      let members = (0..<stream.integer(in: 0...4)).map { index in
        let name = "\"\(["a", "b", "val/acc1", "epoch"][(index + stream.integer(in: 0...1)) % 4])\""
        return name + ":" + (stream.integer(in: 0...3) == 0 ? "\"word\"" : number())
      }
      var bytes = Array(("{" + members.joined(separator: ",") + "}").utf8)
      for _ in 0..<stream.integer(in: 0...2) {
        bytes[stream.integer(in: 0...bytes.count - 1)] =
          alphabet[stream.integer(in: 0...alphabet.count - 1)]
      }
      XCTAssertEqual(
        described(parser.line(bytes, 0..<bytes.count)), described(RunLineParser.any(bytes)),
        String(decoding: bytes, as: UTF8.self))
    }
  }
}
