import Diagnostics
import Experiments
import Manual
import TestSupport
import XCTest

/// Every code has a page, and every page is true.
final class CodeTests: XCTestCase {
  /// The codes in the text of Sources, with a file that has each.
  private func codesInSources() throws -> [String: String] {
    let sources = URL(fileURLWithPath: Places.repository + "/Sources")
    let files = try XCTUnwrap(FileManager.default.enumerator(atPath: sources.path))
    var codes: [String: String] = [:]
    for case let file as String in files where file.hasSuffix(".swift") {
      // Pages name codes too; reports are markup, whose words are no codes.
      if file.hasPrefix("Experiments/Codes/") || file.hasPrefix("Pages/") { continue }
      let text = try String(contentsOf: sources.appendingPathComponent(file), encoding: .utf8)
      let calls = text.matches(
        of:
          /(?:error|warning|report|fail|Code|Diagnostic)\(\s*(?:\.(?:error|warning|note),\s*)?"([a-z0-9]+(?:-[a-z0-9]+)*)"[,)]/
      ).map { String($0.1) }
      // `return ("syntax", nil)`, `case .diverged: ("diverged", .diverged)`
      let pairs = text.matches(of: /(?:return|: )\s*\("([a-z0-9]+(?:-[a-z0-9]+)*)", [.nh"a]/).map {
        String($0.1)
      }
      // Whatever is spelt like a code where diagnostics are made.
      let spelt =
        text.contains("Diagnostic") || text.contains("diagnostic")
        ? text.matches(of: /"([a-z]{2,}(?:-[a-z0-9]+)+)"/).map { String($0.1) } : []
      let isDiagnostic = text.contains("iagnostic")
      for code in calls + (isDiagnostic ? pairs : []) + spelt { codes[code] = file }
    }
    for other in Self.spelledAlike { codes[other] = nil }
    return codes
  }

  /// Words in files that make diagnostics which are no codes.
  private static let spelledAlike: Set<String> = []

  func testEveryCodeHasAPageAndEveryPageACode() throws {
    let codes = try codesInSources()
    let pages = CodeCatalogue.all.map(\.code.rawValue)
    XCTAssertEqual(Set(pages).count, pages.count, "a code has one page")
    XCTAssertGreaterThan(codes.count, 60)
    for (code, file) in codes.sorted(by: { $0.key < $1.key }) {
      XCTAssertNotNil(
        CodeCatalogue.page(code), "'\(code)' of \(file) needs a page in Experiments/Codes")
    }
    for page in CodeCatalogue.all {
      XCTAssertNotNil(codes[page.code.rawValue], "no source gives '\(page.code.rawValue)'")
    }
  }

  func testPagesAreWrittenAsTheyShouldBe() {
    for page in CodeCatalogue.all {
      let code = page.code.rawValue
      XCTAssertFalse(page.summary.isEmpty, code)
      XCTAssertFalse(page.summary.hasSuffix("."), code)
      XCTAssertFalse(page.text.isEmpty, code)
    }
  }

  func testWrongExamplesGiveTheirCodeFirstAndRightOnesNoError() {
    var count = 0
    for page in CodeCatalogue.all {
      let code = page.code.rawValue
      if let wrong = page.wrong {
        count += 1
        let diagnostics = ExampleRun.load(wrong).diagnostics
        // Nothing worse is said, and of what is as bad this comes first.
        let first =
          diagnostics.first { $0.severity == .error } ?? diagnostics.first { $0.code == page.code }
        XCTAssertEqual(first?.code.rawValue, code, "\(code): \(diagnostics)")
        XCTAssertEqual(first?.severity, page.severity, code)
      }
      if let right = page.right {
        XCTAssertNotNil(page.wrong, "\(code) shows what is right of nothing wrong")
        let (experiment, diagnostics) = ExampleRun.load(right)
        XCTAssertEqual(
          diagnostics.filter { $0.severity == .error }.map(\.message), [], "\(code): right")
        XCTAssertFalse(diagnostics.contains { $0.code == page.code }, "\(code): right")
        XCTAssertNotNil(experiment, code)
      }
    }
    XCTAssertGreaterThan(count, 35)
  }

  private let small = SmallExperiment.text(with: .init("epochs", "epochs: 5"))

  /// The small experiment itself has nothing wrong.
  func testTheSmallExperimentIsSound() {
    XCTAssertNotNil(ExampleRun.load(small).experiment)
    XCTAssertEqual(
      ExampleRun.load(small).diagnostics.filter { $0.severity == .error }.count, 0)
  }
}
