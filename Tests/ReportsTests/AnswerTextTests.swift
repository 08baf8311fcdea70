import Foundation
import Models
import Reports
import Runs
import TestSupport
import XCTest

/// Answers as people and programs read them.
final class AnswerTextTests: XCTestCase {
  private let sound = Answer(
    path: "a, \"b\".jpg",
    guesses: [
      .init(label: "1", name: "pink primrose", probability: 0.75),
      .init(label: "rose", name: "rose", probability: 0.1),
    ])
  private let bad = Answer(
    path: "new\nline.jpg",
    problem: .init("undecodable-picture", "is a truncated JPEG file (a, b)", help: nil))

  func testTextHasALineForEachClass() {
    XCTAssertNil(AnswerText.text.header(ranks: 2))
    XCTAssertEqual(
      AnswerText.text.entry(sound, ranks: 2),
      "a, \"b\".jpg\n  0.7500  pink primrose (1)\n  0.1000  rose\n")
    XCTAssertEqual(AnswerText.text.entry(bad, ranks: 2), "new\u{FFFD}line.jpg\n  not read\n")
  }

  func testJSONIsAnObjectALine() throws {
    XCTAssertNil(AnswerText.json.header(ranks: 2))
    for answer in [sound, bad] {
      let line = AnswerText.json.entry(answer, ranks: 2)
      XCTAssertEqual(line.filter { $0 == "\n" }.count, 1)
      let value = try JSON(Array(line.utf8))
      XCTAssertEqual(value["path"]?.text, answer.path)
      XCTAssertEqual(value["error"]?.text, answer.problem?.words)
    }
    XCTAssertEqual(
      AnswerText.json.entry(sound, ranks: 2),
      #"{"path":"a, \"b\".jpg","top":[{"class":"1","name":"pink primrose","probability":0.75},"#
        + #"{"class":"rose","name":"rose","probability":0.1}]}"# + "\n")
    // What JSON has no number for.
    let lost = Answer(path: "x", guesses: [.init(label: "1", name: "1", probability: .nan)])
    XCTAssertTrue(AnswerText.json.entry(lost, ranks: 1).contains(#""probability":null"#))
  }

  func testCSVHasAllColumnsInEveryRow() throws {
    XCTAssertEqual(
      AnswerText.csv.header(ranks: 2),
      "path,predicted,name,predicted_probability,top1,top1_probability,top2,top2_probability,error\n"
    )
    XCTAssertEqual(
      AnswerText.csv.entry(sound, ranks: 2),
      "\"a, \"\"b\"\".jpg\",1,pink primrose,0.75,1,0.75,rose,0.1,\n")
    XCTAssertEqual(
      AnswerText.csv.entry(bad, ranks: 2),
      "\"new\nline.jpg\",,,,,,,,\"is a truncated JPEG file (a, b)\"\n")
  }
}
