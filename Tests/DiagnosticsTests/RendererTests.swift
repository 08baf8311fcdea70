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

  func testTerminalsGetLinesOfTheirWidth() {
    let line = String(repeating: "花 ", count: 100) + "MARK" + String(repeating: " y", count: 100)
    let source = SourceText(name: "f", text: "a: 1\n" + line)
    let diagnostic = Diagnostic.error(
      "some-code", "a message of several words, 'and names', which is longer than the line",
      at: span("MARK", in: source), label: "a label that does not fit beside the carets at all",
      labels: [.init(span("花", in: source), "far left"), .init(Span(source, 0..<1), "above")],
      help: "words of what to do, more of them than a narrow terminal can show in one line")
    for width in [40, 50, 61, 80, 100, 200] {
      let text = [diagnostic].rendered(as: .text(isColoured: false, width: width))
      let lines = text.split(separator: "\n").map(String.init)
      for line in lines {
        XCTAssertLessThanOrEqual(DisplayWidth.of(line), width, "\(width): \(line)")
      }
      // The carets stand under the mark.
      let carets = lines.firstIndex { $0.contains("^") } ?? 0
      let before = lines[carets].prefix { $0 != "^" }
      let excerpt = lines[..<carets].last { $0.contains("MARK") } ?? ""
      let cell = excerpt.range(of: "MARK").map {
        DisplayWidth.of(String(excerpt[..<$0.lowerBound]))
      }
      XCTAssertEqual(cell, before.count, "\(width)\n\(text)")
      // Nothing is lost.
      let words = text.split { " \n|".contains($0) }
      for word in ["message", "longer", "label", "carets", "narrow", "line", "left", "above"] {
        XCTAssertTrue(words.contains { $0.contains(word) }, "\(word)\n\(text)")
      }
    }
    // Narrower than anything can be read in.
    XCTAssertEqual(
      [diagnostic].rendered(as: .text(isColoured: false, width: 3)),
      [diagnostic].rendered(as: .text(isColoured: false, width: 40)))
    // A pipe gets whole lines.
    XCTAssertTrue(plain(diagnostic).contains("help: \(diagnostic.help ?? "?")\n"))
  }

  func testWrappedForm() {
    let source = SourceText(name: "x.yaml", text: "key: value")
    XCTAssertEqual(
      [
        Diagnostic.error(
          "code", "the rule and the value found, at length", at: span("value", in: source),
          label: "did you mean 'something longer'?", help: "one line of what to do, or then two")
      ].rendered(as: .text(isColoured: false, width: 40)),
      """
      error[code]: the rule and the value
          found, at length
       --> x.yaml:1:6
        |
      1 | key: value
        |      ^^^^^
        |     did you mean 'something longer'?
        = help: one line of what to do, or
                then two

      """)
  }

  func testAQuotedSpaceIsNotBroken() {
    for width in 40...60 {
      let text = [
        Diagnostic.error("x", "'name' must be of letters and digits, not ' ' or '\t'", at: nil)
      ].rendered(as: .text(isColoured: false, width: width))
      XCTAssertTrue(text.contains("' '"), "\(width)\n\(text)")
    }
  }

  func testMarksOutsideTheWindowStandAtItsEdge() {
    let text =
      "LEFT " + String(repeating: "x", count: 400) + " MARK " + String(repeating: "y", count: 400)
      + " RIGHT"
    let source = SourceText(name: "f", text: text)
    let lines = plain(
      .error(
        "x", "m", at: span("MARK", in: source),
        labels: [
          .init(span("LEFT", in: source), "l"), .init(span("RIGHT", in: source), "r"),
        ])
    ).split(separator: "\n")
    XCTAssertEqual(lines[4], "  | - l")
    XCTAssertEqual(lines[6], "  | " + String(repeating: " ", count: 119) + "- r")
  }

  func testByteOrderMarkTakesNoColumn() {
    let source = SourceText(name: "f", text: "\u{FEFF}key: value")
    let lines = plain(.error("x", "m", at: span("value", in: source))).split(separator: "\n")
    XCTAssertEqual(lines[1], " --> f:1:6")
    XCTAssertEqual(lines[3], "1 | key: value")
    XCTAssertEqual(lines[4], "  |      ^^^^^")
  }

  // MARK: For machines

  func testGitHub() {
    let source = SourceText(name: "a,b:c%.yaml", text: "é: one\ntwo: 2\n")
    let diagnostics = [
      Diagnostic.error(
        "code", "50% of\r'a', b: c", at: span("one", in: source), label: "label",
        labels: [.init(span("two", in: source), "other")], help: "do"),
      .warning("two", "m", at: Span(source, 4..<11)), Diagnostic(.note, "three", "n", at: nil),
    ]
    XCTAssertEqual(
      diagnostics.rendered(as: .github),
      """
      ::error file=a%2Cb%3Ac%25.yaml,line=1,col=4,endColumn=6,title=code::50%25 of%0D'a', b: c: label%0Aa,b:c%25.yaml:2:1: other%0Ahelp: do
      ::warning file=a%2Cb%3Ac%25.yaml,line=1,col=4,endLine=2,title=two::m
      ::notice title=three::n

      """)
    XCTAssertEqual([Diagnostic]().rendered(as: .github), "")
  }

  func testSARIF() throws {
    let source = SourceText(name: "dir/a b#é.yaml", text: "e\u{301}🌸: one\ntwo: 2\n")
    let absolute = SourceText(name: "/x/y.yaml", text: "z")
    let diagnostics = [
      Diagnostic.error(
        "out-of-range", "\"m\"", at: span("one", in: source), label: "label",
        labels: [.init(span("two", in: source), "other"), .init(Span(absolute, 0..<1))],
        help: "do"),
      .warning("a-code", "m", at: Span(source, 0..<20)), .error("out-of-range", "n", at: nil),
    ]
    let log = try XCTUnwrap(
      JSONSerialization.jsonObject(
        with: Data(diagnostics.rendered(as: .sarif(version: "1.2.3")).utf8)) as? [String: Any])
    XCTAssertEqual(log["version"] as? String, "2.1.0")
    let runs = try XCTUnwrap(log["runs"] as? [[String: Any]])
    XCTAssertEqual(runs.count, 1)
    XCTAssertEqual(runs[0]["columnKind"] as? String, "unicodeCodePoints")
    let tool = try XCTUnwrap(runs[0]["tool"] as? [String: [String: Any]])
    let driver = try XCTUnwrap(tool["driver"])
    XCTAssertEqual(driver["name"] as? String, "xrun")
    XCTAssertEqual(driver["version"] as? String, "1.2.3")
    let rules = try XCTUnwrap(driver["rules"] as? [[String: Any]])
    XCTAssertEqual(rules.compactMap { $0["id"] as? String }, ["a-code", "out-of-range"])
    let results = try XCTUnwrap(runs[0]["results"] as? [[String: Any]])
    XCTAssertEqual(results.map { $0["ruleIndex"] as? Int }, [1, 0, 1])
    XCTAssertEqual(results.map { $0["level"] as? String }, ["error", "warning", "error"])
    XCTAssertEqual(
      (results[0]["message"] as? [String: String])?["text"], "\"m\": label\nhelp: do")
    func place(_ location: Any?) throws -> (uri: String?, region: [String: Int]?) {
      let physical = try XCTUnwrap(
        (location as? [String: Any])?["physicalLocation"] as? [String: [String: Any]])
      return (
        physical["artifactLocation"]?["uri"] as? String, physical["region"] as? [String: Int]
      )
    }
    let first = try place((results[0]["locations"] as? [Any])?.first)
    XCTAssertEqual(first.uri, "dir/a%20b%23%C3%A9.yaml")
    // Three code points before the colon, where a terminal shows two characters in three cells.
    XCTAssertEqual(
      first.region, ["startLine": 1, "startColumn": 6, "endLine": 1, "endColumn": 9])
    let related = try XCTUnwrap(results[0]["relatedLocations"] as? [Any])
    XCTAssertEqual(try related.map { try place($0).uri }, [first.uri, "file:///x/y.yaml"])
    XCTAssertNil(results[2]["locations"])
    XCTAssertNotNil(
      try JSONSerialization.jsonObject(
        with: Data([Diagnostic]().rendered(as: .sarif(version: "1")).utf8)))
  }

  func testArgumentsAreNoFiles() {
    let file = SourceText(name: "f", text: "one")
    let argument = SourceText(name: "<argument 1>", text: "lr=2", isFile: false)
    let diagnostics = [
      Diagnostic.error(
        "x", "m", at: Span(argument, 3..<4), labels: [.init(Span(file, 0..<3), "l")]),
      .error("y", "n", at: Span(file, 0..<3), labels: [.init(Span(argument, 0..<2), "k")]),
    ]
    XCTAssertEqual(
      diagnostics.rendered(as: .github),
      """
      ::error title=x::m%0Ain the argument 'lr=2'%0Af:1:1: l
      ::error file=f,line=1,col=1,endColumn=3,title=y::n%0Ain the argument 'lr=2': k

      """)
    let log = diagnostics.rendered(as: .sarif(version: "1"))
    XCTAssertFalse(log.contains("argument%201"))
    XCTAssertTrue(log.contains("in the argument 'lr=2'"))
    XCTAssertTrue(log.contains("\"uri\": \"f\""))
  }

  func testOnePlaceIsToldOnce() {
    let source = SourceText(name: "f", text: "one two")
    func error(_ code: Diagnostic.Code, _ range: Range<Int>) -> Diagnostic {
      .error(code, "m", at: Span(source, range))
    }
    let told = [error("x", 4..<7), error("x", 0..<3), error("x", 4..<7), error("y", 4..<7)]
      .inOrder(of: [source])
    XCTAssertEqual(told.map(\.code), ["x", "x", "y"])
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
