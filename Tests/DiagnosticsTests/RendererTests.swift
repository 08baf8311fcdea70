import Diagnostics
import XCTest

final class RendererTests: XCTestCase {
  private func plain(_ diagnostics: Diagnostic...) -> String {
    diagnostics.rendered(as: .text(isColoured: false))
  }

  /// The span of a word's first occurrence.
  private func span(_ word: String, in source: SourceText) -> Span {
    let (bytes, wanted) = (source.bytes, Array(word.utf8))
    let start = bytes.indices.first { bytes[$0...].starts(with: wanted) } ?? 0
    return Span(source, start..<start + wanted.count)
  }

  func testWholeForm() {
    let source = SourceText(
      name: "experiment.yaml", text: "transforms:\n  - RandomCrop: { size: 32, pading: 4 }\n")
    let diagnostic = Diagnostic.error(
      "unknown-parameter", "'RandomCrop' has no parameter 'pading'",
      at: span("pading", in: source), label: "did you mean 'padding'?",
      help: "its parameters are 'size' and 'padding'")
    XCTAssertEqual(
      plain(diagnostic),
      """
      error[unknown-parameter]: 'RandomCrop' has no parameter 'pading'
       --> experiment.yaml:2:29
        |
      2 |   - RandomCrop: { size: 32, pading: 4 }
        |                             ^^^^^^ did you mean 'padding'?
        = help: its parameters are 'size' and 'padding'

      """)
  }

  func testSeveralLabelsAndSources() {
    let text = (1...12).map { "key\($0): value\($0)" }.joined(separator: "\n")
    let source = SourceText(name: "a.yaml", text: text)
    let other = SourceText(name: "<argument 1>", text: "x=1")
    let diagnostic = Diagnostic.warning(
      "several", "three places", at: span("key11", in: source), label: "here",
      labels: [
        .init(span("value11", in: source), "and here"), .init(span("key2", in: source), "first"),
        .init(span("key9", in: source)), .init(span("x", in: other), "and there"),
      ])
    XCTAssertEqual(
      plain(diagnostic),
      """
      warning[several]: three places
        --> a.yaml:11:1
         |
       2 | key2: value2
         | ---- first
         ...
       9 | key9: value9
         | ----
      10 | key10: value10
      11 | key11: value11
         | ^^^^^ here
         |        ------- and here
        ::: <argument 1>:1:1
         |
       1 | x=1
         | - and there

      """)
  }

  /// The cell of the first caret, counted behind the gutter.
  private func caretCell(_ text: String, at word: String) -> (cell: Int, width: Int) {
    let source = SourceText(name: "f", text: text)
    let lines = plain(.error("x", "m", at: span(word, in: source))).split(separator: "\n")
    let carets = lines.last?.dropFirst(4) ?? ""
    return (carets.prefix { $0 == " " }.count, carets.count { $0 == "^" })
  }

  func testCaretsUnderWideTextAndTabs() {
    XCTAssertEqual(caretCell("abc: value", at: "value").cell, 5)
    // Tabs are shown as four spaces.
    XCTAssertEqual(caretCell("\tabc: value", at: "value").cell, 9)
    // Two cells each.
    XCTAssertEqual(caretCell("花花: value", at: "value").cell, 6)
    XCTAssertEqual(caretCell("花花: value", at: "花花").width, 4)
    XCTAssertEqual(caretCell("🌸🌺: value", at: "value").cell, 6)
    // A base letter with a combining accent, and one family of four, are one character each.
    XCTAssertEqual(caretCell("e\u{301}: value", at: "value").cell, 3)
    XCTAssertEqual(caretCell("👨‍👩‍👧‍👦: value", at: "value").cell, 4)
    XCTAssertEqual(caretCell("é: value", at: "é").width, 1)
    XCTAssertEqual(caretCell("ｆｕｌｌ: value", at: "value").cell, 10)
  }

  func testEmptyAndOverlongSpans() {
    let source = SourceText(name: "f", text: "one\ntwo\n")
    for range in [0..<0, 3..<3, 7..<7, 8..<8, 2..<8, 8..<20, 100..<200] {
      let text = plain(.error("x", "m", at: Span(source, range)))
      XCTAssertTrue(text.contains("^"), "\(range)")
    }
    let lines = plain(.error("x", "m", at: Span(source, 1..<7))).split(separator: "\n")
    XCTAssertEqual(lines.last, "  |  ^^")
  }

  func testWithoutAPlace() {
    XCTAssertEqual(
      plain(.error("missing-file", "there is none", at: nil, help: "make one")),
      "error[missing-file]: there is none\n  = help: make one\n")
  }

  func testNothingSteersTheTerminal() {
    let source = SourceText(name: "a\u{1B}[2J", text: "k: \u{1B}]0;x\u{7}\u{202E}evil")
    let text = plain(
      .error("x", "found '\u{1B}[31m'", at: span("evil", in: source), label: "\r", help: "\n\u{9B}")
    )
    for scalar in text.unicodeScalars {
      XCTAssertTrue(scalar == "\n" || scalar.value >= 0x20 && !(0x7F..<0xA0).contains(scalar.value))
      XCTAssertNotEqual(scalar.value, 0x202E)
    }
  }

  func testLongLinesAreCutRoundTheMark() {
    let line = String(repeating: "x", count: 5000) + "MARK" + String(repeating: "y", count: 5000)
    let source = SourceText(name: "f", text: line)
    let lines = plain(.error("x", "m", at: span("MARK", in: source))).split(separator: "\n")
    let excerpt = Array(lines[3])
    let carets = Array(lines[4])
    XCTAssertLessThan(excerpt.count, 130)
    let start = carets.firstIndex(of: "^") ?? 0
    XCTAssertEqual(String(excerpt[start..<start + 4]), "MARK")
    XCTAssertEqual(carets.count { $0 == "^" }, 4)
  }

  func testColourOnlyWhenAsked() {
    let source = SourceText(name: "f", text: "one")
    let diagnostic = Diagnostic.error("x", "m", at: Span(source, 0..<3), label: "l", help: "h")
    let coloured = [diagnostic].rendered(as: .text(isColoured: true))
    XCTAssertFalse(plain(diagnostic).contains("\u{1B}"))
    XCTAssertTrue(coloured.hasPrefix("\u{1B}[1;31merror[x]\u{1B}[0m"))
    // Colours change nothing else.
    var bare = ""
    var isEscape = false
    for character in coloured {
      if character == "\u{1B}" { isEscape = true }
      if !isEscape { bare.append(character) }
      if character == "m", isEscape { isEscape = false }
    }
    XCTAssertEqual(bare, plain(diagnostic))
  }

  func testSummary() {
    let (error, warning) = (
      Diagnostic.error("x", "m", at: nil), Diagnostic.warning("x", "m", at: nil)
    )
    XCTAssertEqual([Diagnostic]().summary, "")
    XCTAssertEqual([error].summary, "1 error")
    XCTAssertEqual([error, warning, error].summary, "2 errors, 1 warning")
    XCTAssertEqual([warning, warning].summary, "2 warnings")
  }

  func testSourceOrder() {
    let (first, second) = (SourceText(name: "1", text: "abc"), SourceText(name: "2", text: "abc"))
    let all = [
      Diagnostic.error("none", "", at: nil), .error("b", "", at: Span(second, 0..<1)),
      .error("a2", "", at: Span(first, 2..<3)), .error("a1", "", at: Span(first, 1..<2)),
      .error("a1b", "", at: Span(first, 1..<3)),
    ]
    XCTAssertEqual(
      all.inOrder(of: [first, second]).map(\.code.rawValue), ["a1", "a1b", "a2", "b", "none"])
  }

  func testJSON() {
    let source = SourceText(name: "a\"b", text: "x: é1\n")
    let diagnostic = Diagnostic.error(
      "out-of-range", "'x' \\ \u{1}", at: Span(source, 3..<6), label: "l",
      labels: [.init(Span(source, 0..<1))], help: "h")
    XCTAssertEqual(
      [diagnostic].rendered(as: .json),
      #"""
      [
        {"severity": "error", "code": "out-of-range", "message": "'x' \\ \u0001", "file": "a\"b", "line": 1, "column": 4, "end_line": 1, "end_column": 6, "label": "l", "labels": [{"file": "a\"b", "line": 1, "column": 1, "end_line": 1, "end_column": 2}], "help": "h"}
      ]

      """#)
    XCTAssertEqual([Diagnostic]().rendered(as: .json), "[]\n")
  }
}
