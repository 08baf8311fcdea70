import Foundation
import Pages
import TestSupport
import XCTest

/// What is put into markup as text stays text.
final class HTMLTests: XCTestCase {
  func testTextIsEscapedAndMarkupIsNot() {
    let name = MadeRun.hostile
    let inner: HTML = "<b>\(name)</b>"
    let html: HTML = "<p title=\"\(name)\">\(inner) \(3)</p>"
    let escaped = "&lt;script&gt;alert(1)&lt;/script&gt;&amp;&quot;&#39;"
    XCTAssertEqual(html.source, "<p title=\"\(escaped)\"><b>\(escaped)</b> 3</p>")
    XCTAssertEqual(HTML(text: name).source, escaped)
  }

  func testWhatHidesOrTurnsTextRoundIsShown() {
    for scalar in [
      "\0", "\u{1B}", "\u{7F}", "\u{85}", "\u{202E}", "\u{2066}", "\u{200F}", "\u{2028}",
      "\u{061C}", "\u{200E}", "\u{202A}", "\u{2069}",
    ] {
      XCTAssertEqual(HTML(text: "a\(scalar)b").source, "a\u{FFFD}b")
    }
    XCTAssertEqual(HTML(text: "Löwenzahn 蒲公英 🌼\n").source, "Löwenzahn 蒲公英 🌼\n")
  }

  func testANameBesideTextIsIsolated() {
    let html: HTML = "is \(HTML.name("<שושן>")) 97 %"
    XCTAssertEqual(html.source, "is <bdi>&lt;שושן&gt;</bdi> 97 %")
  }

  func testPartsAreJoined() {
    let parts: [HTML] = ["<i>", "\("<")", "</i>"]
    XCTAssertEqual(parts.joined(separator: "|").source, "<i>|&lt;|</i>")
  }
}
