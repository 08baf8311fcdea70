import Diagnostics
import Documents
import TestSupport
import XCTest

final class DocumentParserTests: XCTestCase {
  private func parse(_ text: String) -> (root: Node?, diagnostics: [Diagnostic]) {
    DocumentParser.parse(SourceText(name: "f", text: text))
  }

  private func text(_ span: Span) -> String {
    String(decoding: span.source.bytes[span.range], as: UTF8.self)
  }

  /// The tree with the text that each span covers.
  private func outline(_ node: Node) -> String {
    switch node.content {
    case .scalar: text(node.span)
    case .sequence(let elements): "[\(elements.map { outline($0) }.joined(separator: ", "))]"
    case .mapping(let entries):
      "{\(entries.map { "\(text($0.keySpan)): \(outline($0.value))" }.joined(separator: ", "))}"
    }
  }

  func testSpansCoverKeysAndValues() throws {
    for (yaml, expected) in [
      ("a: 1\nb: [x, 'y z', \"w\"]\n", "{a: 1, b: [x, 'y z', \"w\"]}"),
      ("é: ü\n花: {日: 本}  # 語\nz: 1", "{é: ü, 花: {日: 本}, z: 1}"),
      ("\u{FEFF}a: b", "{a: b}"), ("a: b\r\nc: d\r\n", "{a: b, c: d}"),
      ("- 🌸\n-   - x\n    - y\n", "[🌸, [x, y]]"), ("a: &n !!str 12", "{a: 12}"),
      ("a: ! &n 12", "{a: 12}"), ("a:\n  - b: 1\n    c: 2\n", "{a: [{b: 1, c: 2}]}"),
      ("a: |\n  x\n  y\nb: 1", "{a: |\n  x\n  y, b: 1}"), ("a:\nb: ~", "{a: a, b: ~}"),
      ("? a\n: b", "{a: b}"), ("just text", "just text"),
    ] {
      let (root, diagnostics) = parse(yaml)
      XCTAssertTrue(diagnostics.isEmpty, "\(yaml) \(diagnostics)")
      XCTAssertEqual(outline(try XCTUnwrap(root)), expected)
    }
  }

  func testCollectionSpans() throws {
    let root = try XCTUnwrap(parse("a: { b: 1 }\nc:\n  - 1\n  - 2\n\nd: 1\n").root)
    XCTAssertEqual(text(try XCTUnwrap(root["a"]).span), "{ b: 1 }")
    XCTAssertEqual(text(try XCTUnwrap(root["c"]).span), "- 1\n  - 2")
  }

  func testQuotedScalarsAreStrings() throws {
    let root = try XCTUnwrap(parse("a: '1'\nb: \"true\"\nc: !!str 1\nd: !!float 1\ne: ! 2\n").root)
    XCTAssertEqual(root["a"]?.scalar?.value, .string("1"))
    XCTAssertEqual(root["b"]?.scalar?.value, .string("true"))
    XCTAssertEqual(root["c"]?.scalar?.value, .string("1"))
    XCTAssertEqual(root["d"]?.scalar?.value, .number(1))
    XCTAssertEqual(root["e"]?.scalar?.value, .string("2"))
  }

  func testAliasesAndMergeKeys() throws {
    let (parsed, diagnostics) = parse(
      """
      base: &base {lr: 1, wd: 2}
      other: &other {wd: 3, m: 4}
      one: *base
      two: {<<: *base, lr: 9}
      three:
        <<: [*base, *other]
      text: {'<<': 1}
      """)
    XCTAssertTrue(diagnostics.isEmpty)
    let root = try XCTUnwrap(parsed)
    XCTAssertEqual(root["one"]?["lr"]?.scalar?.text, "1")
    XCTAssertEqual(root["two"]?["lr"]?.scalar?.text, "9")
    XCTAssertEqual(root["two"]?["wd"]?.scalar?.text, "2")
    XCTAssertEqual(root["three"]?["wd"]?.scalar?.text, "2")
    XCTAssertEqual(root["three"]?["m"]?.scalar?.text, "4")
    XCTAssertEqual(root["text"]?["<<"]?.scalar?.text, "1")
    // A merged key is traced to where it is written.
    XCTAssertEqual(root["two"]?["wd"]?.span.line, 1)
  }

  func testTabsInScalarsAndCommentsAreText() {
    for text in ["a: 'x\ty'  #\tc\n", "a: |\n  x\ty\n", "a: x\ty\n", "a: b\t\n", "#\tonly\na: b"] {
      XCTAssertTrue(parse(text).diagnostics.isEmpty, text)
    }
  }

  // MARK: Mistakes

  private static let wrong: [String] = [
    "a: 1\nb: 2\na: 3\n# error[duplicate-key] \"'a' is written twice\"",
    "x: {a: 1, 'a': 2}\n#         ^ error[duplicate-key] \"\"",
    "a:\n\tb: 1\n# error[tab] \"spaces\"",
    "a:\tb\n# ^ error[tab] \"spaces\"",
    "a: [1,\t2]\n#     ^ error[tab] \"spaces\"",
    "a: 1\n---\n# error[several-documents] \"one document\"\nb: 2\n",
    "a: !!python/object x\n#  ^ error[unknown-tag] \"'!!python/object'\"",
    "a: &x !thing [1]\n#     ^ error[unknown-tag] \"'!thing'\"",
    "a: !!int x\n#        ^ error[wrong-kind] \"tag\"",
    "a: 1\n b: 2\n#^ error[bad-indentation] \"line up\"",
    "a:\n  - 1\n - 2\n# error[bad-indentation] \"\"".replacingOccurrences(
      of: "# error", with: "#^ error"),
    "a: *none\n#  ^ error[unknown-anchor] \"'none'\"",
    "base: &base 1\na: *bsae\n#  ^ error[unknown-anchor] \"did you mean 'base'\"",
    "a: &a [*a]\n#      ^ error[recursive-alias] \"'a' stands inside itself\"",
    "? [1, 2]\n# ^ error[complex-key] \"a word\"\n: 3\n",
    "a: {<<: 1}\n#       ^ error[wrong-kind] \"'<<'\"",
    "a: 'x\n#  ^ error[syntax] \"never closed\"\nb: 1\n",
    // A bracket left open is marked where it opens, however far below libyaml stops.
    "a: [1, 2\n#  ^ error[syntax] \"this bracket is never closed\"\nb: 3\n",
    "a: {b: [1], c: {d: 2}\n#  ^ error[syntax] \"close it with '}'\"\nb: it's\nc: 4\n",
    "a: {b: [1, 2}\n#      ^ error[syntax] \"close it with ']'\"\nb: 3\n",
    "a: [1, 2  # one ]\n#  ^ error[syntax] \"never closed\"\n  - b: {c: d}\n  - e\n",
    "a: [1, ']'\n#  ^ error[syntax] \"never closed\"\n",
    "t: |\n  [ {\na[0]: it's [fine\nb: {c: 1\n#  ^ error[syntax] \"never closed\"\n",
    "a: \"x\n#  ^ error[syntax] \"closed only on line\"\nb: \"y\"\n",
    // Brackets that are closed are not to blame.
    "a: [1, 2]\nb: @\n#  ^ error[syntax] \"in quotes\"\n",
    "a: \"\\q\"\n#   ^ error[syntax] \"backslash\"\n",
    "<<<<<<< HEAD\n# error[merge-conflict] \"keep one side\"\na: 1\n=======\na: 2\n>>>>>>> x\n",
    "a: 1\n>>>>>>> 1234abc\n# error[merge-conflict] \"unresolved\"\n",
    "a: 1 : 2\n#    ^ error[bad-indentation] \"\"",
    "a: @x\n#  ^ error[syntax] \"\"",
  ]

  func testMistakesAreMarked() {
    for text in Self.wrong {
      let diagnostics = parse(text).diagnostics
      XCTAssertTrue(diagnostics.hasErrors, text)
      let marked = MarkedText(text)
      if marked.marks.isEmpty { continue }
      XCTAssertEqual(marked.differences(from: diagnostics), [], text)
    }
  }

  func testEveryMistakeSaysWhatToDo() {
    let more = [
      "", "a: [\n", "%x y\n--- 1", "a: *\n", "a: |x\n", "- a\nb", "a: 'x", "!<a b", "a: \"\\q\"",
    ]
    for text in Self.wrong + more {
      for diagnostic in parse(text).diagnostics {
        XCTAssertFalse(diagnostic.help?.isEmpty ?? true, "\(diagnostic.message): \(text)")
        XCTAssertFalse(diagnostic.help?.contains("\n") ?? false, text)
      }
    }
  }

  func testMergeConflictIsOneMistakeWithAllItsPlaces() throws {
    let text = "a: 1\n<<<<<<< HEAD\nb: [\n||||||| base\nb: {\n=======\nb: 2\n>>>>>>> topic\n"
    let diagnostics = parse(text).diagnostics
    let only = try XCTUnwrap(diagnostics.first)
    XCTAssertEqual(diagnostics.count, 1)
    XCTAssertEqual(only.primary?.span.line, 2)
    XCTAssertEqual(only.labels.map(\.span.line), [4, 6, 8])
    // Rows of signs that are no markers.
    for text in ["a: |\n  <<<<<<< x\n  >>>>>>> y\n", "# a\n#=======\na: <<<<<<< b\n"] {
      XCTAssertEqual(parse(text).diagnostics.count, 0, text)
    }
  }

  func testMismatchedBracketIsShownAtBothPlaces() {
    let diagnostics = parse("a: {b: [1, 2}\n").diagnostics
    XCTAssertEqual(diagnostics.first?.labels.first?.span.column, 13)
  }

  func testMarksBeginsAndEndsOfFiles() throws {
    for end in ["", "\n", "\r\n"] {
      let source = SourceText(name: "f", text: "\u{FEFF}a: 1\r\nbb: x\(end)")
      let (root, diagnostics) = DocumentParser.parse(source)
      XCTAssertTrue(diagnostics.isEmpty)
      let value = try XCTUnwrap(try XCTUnwrap(root)["bb"]).span
      XCTAssertEqual([value.line, value.column], [2, 5])
      // Editors count no column for the mark.
      let first = try XCTUnwrap(try XCTUnwrap(root)["a"]).span
      XCTAssertEqual([first.line, first.column], [1, 4])
      XCTAssertEqual(source.text(ofLine: 1), "a: 1")
    }
    for text in ["\u{FEFF}", "\u{FEFF}# x", "#", "\r\n"] {
      XCTAssertEqual(parse(text).diagnostics.map(\.code.rawValue), ["empty-document"], text)
    }
  }

  func testBytesThatAreNoText() {
    for (bytes, offset, code) in [
      ([0x61, 0x3A, 0x20, 0xFF], 3, "invalid-utf8"), ([0xC0, 0x80], 0, "invalid-utf8"),
      ([0xED, 0xA0, 0x80], 0, "invalid-utf8"), ([0xF4, 0x90, 0x80, 0x80], 0, "invalid-utf8"),
      ([0x61, 0xE2, 0x82], 1, "invalid-utf8"), ([0x61, 0x00], 1, "control-character"),
      ([0x61, 0x1B], 1, "control-character"), ([0xC2, 0x80], 0, "control-character"),
      ([0x61, 0xEF, 0xBB, 0xBF], 1, "control-character"),
      ([0xFF, 0xFE, 0x61, 0x00], 0, "invalid-utf8"),
    ] as [([UInt8], Int, String)] {
      let (root, diagnostics) = DocumentParser.parse(SourceText(name: "f", bytes: bytes))
      XCTAssertNil(root)
      XCTAssertEqual(diagnostics.map(\.code.rawValue), [code], "\(bytes)")
      XCTAssertEqual(diagnostics.first?.primary?.span.range.lowerBound, offset, "\(bytes)")
    }
  }

  func testNothingInIt() {
    for text in ["", "\n\n", "# only a comment\n"] {
      XCTAssertEqual(parse(text).diagnostics.map(\.code.rawValue), ["empty-document"], text)
    }
  }

  // MARK: Hostile text

  func testDeepNestingIsRefusedQuickly() {
    let count = 200_000
    for text in [
      String(repeating: "[", count: count), String(repeating: "{a: ", count: count),
      String(repeating: "- ", count: count), String(repeating: "? ", count: count),
      (0..<500).map { String(repeating: " ", count: $0) + "a:" }.joined(separator: "\n"),
    ] {
      let clock = ContinuousClock()
      var codes: [String] = []
      let time = clock.measure { codes = parse(text).diagnostics.map(\.code.rawValue) }
      XCTAssertEqual(codes, ["too-deep"])
      XCTAssertLessThan(time, .seconds(2))
    }
  }

  func testExpansionIsLimited() {
    var lines = ["a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]"]
    for level in 1...20 {
      let names = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
      lines.append("a\(level): &a\(level) [\(names)]")
    }
    XCTAssertEqual(
      parse(lines.joined(separator: "\n")).diagnostics.map(\.code.rawValue), ["too-many-aliases"])
    // Deep by aliases alone.
    lines = ["a0: &a0 [1]"]
    for level in 1...100 { lines.append("a\(level): &a\(level) [*a\(level - 1)]") }
    XCTAssertEqual(
      parse(lines.joined(separator: "\n")).diagnostics.map(\.code.rawValue), ["too-deep"])
  }

  func testTooLargeAFileIsRefused() {
    let text = String(repeating: "# comment\n", count: 1 << 19)
    XCTAssertEqual(parse(text).diagnostics.map(\.code.rawValue), ["file-too-large"])
    XCTAssertEqual(
      parse(text).diagnostics.first?.message,
      "the file is larger than 4 MiB, which is all an experiment may have")
  }

  func testEachMarkerOfAMergeHasItsLabel() {
    let conflict = "<<<<<<< a\nx: 1\n||||||| b\nx: 0\n=======\nx: 2\n>>>>>>> c\n"
    XCTAssertEqual(
      parse(conflict + conflict).diagnostics.first?.labels.map(\.text),
      [
        "what both sides started from", "the other side", "its end", "another one",
        "what both sides started from", "the other side", "its end",
      ])
  }
}
