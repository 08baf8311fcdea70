import Diagnostics
import XCTest

/// No name hides what it is.
final class VisibleTextTests: XCTestCase {
  /// Every scalar of the category Cc, of the property Bidi_Control, and the separators; and no other.
  func testWhatHidesSomethingIsReplacedAndNothingElse() {
    let marks: Set<UInt32> = [
      0x061C, 0x200E, 0x200F, 0x2028, 0x2029, 0x202A, 0x202B, 0x202C, 0x202D, 0x202E, 0x2066,
      0x2067, 0x2068, 0x2069,
    ]
    for value in 0...0x3000 as ClosedRange<UInt32> {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let isHidden = scalar.properties.generalCategory == .control || marks.contains(value)
      XCTAssertEqual(
        VisibleText.of("a" + String(Character(scalar)) + "b"),
        isHidden ? "a\u{FFFD}b" : "a" + String(Character(scalar)) + "b", String(value, radix: 16))
    }
    for text in ["", "plain", "Löwenzahn 蒲公英 🌼", "שושן", "👨‍👩‍👧", "می‌خواهم"] {
      XCTAssertEqual(VisibleText.of(text), text)
    }
  }

  func testLinesStayWhereTheyAreOurs() {
    XCTAssertEqual(VisibleText.of("a\nb\r\n\u{202E}", keepsLines: true), "a\nb\u{FFFD}\n\u{FFFD}")
    XCTAssertEqual(VisibleText.of("a\nb"), "a\u{FFFD}b")
  }

  func testMessagesAreShownSo() {
    let source = SourceText(name: "a\u{200F}", text: "k: \u{061C}evil\u{2069}\r\n")
    let diagnostics = [
      Diagnostic.error(
        "x", "found '\u{2067}'", at: Span(source, 0..<1), label: "\u{200E}", help: "\u{202D}")
    ]
    let text = diagnostics.rendered(as: .text(isColoured: false, width: nil))
    XCTAssertFalse(text.unicodeScalars.contains { $0 != "\n" && VisibleText.hides($0) }, text)
    let command = GitHubRenderer.render(diagnostics)
    // The file is one that GitHub looks for.
    XCTAssertTrue(command.contains("file=a\u{200F},"), command)
    XCTAssertTrue(command.contains("::found '\u{FFFD}': \u{FFFD}%0Ahelp: \u{FFFD}"), command)
  }
}
