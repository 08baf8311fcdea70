import Diagnostics
import Experiments
import Manual
import XCTest

/// What `xrun explain` says.
final class ExplanationTests: XCTestCase {
  private func explained(_ name: String) -> String {
    switch Explanation.of(name) {
    case .found(let text): return text
    case .unknown(let suggestion):
      XCTFail("'\(name)' is not explained, suggested: \(suggestion ?? "nothing")")
      return ""
    }
  }

  func testEverythingThatIsListedIsExplained() {
    for chapter in Chapter.allCases {
      for entry in Manual.entries(of: chapter) {
        let text = explained(entry.name)
        XCTAssertTrue(text.hasPrefix(entry.name + " "), entry.name)
        XCTAssertTrue(text.contains("\nNext: "), entry.name)
        if chapter != .codes { XCTAssertTrue(text.contains("\nExample\n"), entry.name) }
      }
      XCTAssertTrue(explained(chapter.rawValue).contains("Next: "), chapter.rawValue)
    }
  }

  func testExplanationsFitIn80Columns() throws {
    var texts = [(Explanation.everything(), Set<Substring>())]
    for chapter in Chapter.allCases {
      texts.append((explained(chapter.rawValue), []))
      for entry in Manual.entries(of: chapter) {
        // Files and messages of codes are shown as they are.
        var shown = Set<Substring>()
        let page = try XCTUnwrap(Manual.page(entry.name, of: chapter))
        for case .block(let text, _) in page.parts where chapter == .codes {
          shown.formUnion(text.split(separator: "\n"))
        }
        texts.append((explained(entry.name), shown))
      }
    }
    for (text, shown) in texts {
      for line in text.split(separator: "\n") where !shown.contains(line.dropFirst(2)) {
        XCTAssertLessThanOrEqual(DisplayWidth.of(String(line)), 80, String(line))
        XCTAssertFalse(line.hasSuffix(" "), String(line))
      }
    }
  }

  func testAnArgumentIsFoundInItsComponents() {
    let text = explained("weight_decay")
    for name in ["SGD", "Adam", "AdamW"] { XCTAssertTrue(text.contains("  \(name): {"), text) }
    XCTAssertTrue(text.contains("default 0.01"), "that of AdamW:\n\(text)")
  }

  func testTheLastNameOfAKeyIsEnough() {
    XCTAssertEqual(explained("batch_size"), explained("train.batch_size"))
    XCTAssertTrue(explained("train.batch_size").contains("integer from 1 to 65536"))
  }

  func testAWrongNameGetsASuggestionAndAStrangeOneNone() {
    let cases = [
      "RandomRotaton": "RandomRotation", "resnet-18": "resnet18", "unknown_key": "unknown-key",
      "train.batchsize": "train.batch_size", "adamw": "AdamW",
    ]
    for (wrong, right) in cases {
      guard case .unknown(let suggestion) = Explanation.of(wrong) else {
        return XCTFail("'\(wrong)' is nothing")
      }
      XCTAssertEqual(suggestion, right)
    }
    guard case .unknown(nil) = Explanation.of("photosynthesis") else {
      return XCTFail("nothing is close")
    }
  }

  func testTheListHasEveryName() {
    let words = Set(
      Explanation.everything().split { $0.isWhitespace }.map(String.init))
    for chapter in Chapter.allCases {
      for entry in Manual.entries(of: chapter) {
        XCTAssertTrue(words.contains(entry.name), entry.name)
      }
    }
  }
}
