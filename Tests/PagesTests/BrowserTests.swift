import Foundation
import Pages
import Reports
import Runs
import TestSupport
import XCTest

/// Pages in a real browser, headless: at three widths, light, dark and on paper, touched as people do.
final class BrowserTests: XCTestCase {
  private struct Finding: Decodable {
    let problems: [String]
    let bytes: Int
    let seconds: Double
  }

  /// What a browser has to say of pages; nothing is asserted of the time, which is the machine's.
  private func look(at pages: [String]) throws -> [Finding] {
    let (python, chromium) = try (Places.python(), Places.chromium())
    let folder = try TemporaryFolder()
    let report = folder("report.json")
    let result = try Command(
      python,
      [
        Places.repository + "/Tools/python/look_at_page.py", "--chromium", chromium, "--json",
        report,
      ] + pages)
    XCTAssertEqual(result.status, 0, result.output)
    let findings = try JSONDecoder().decode(
      [String: Finding].self, from: Data(contentsOf: URL(fileURLWithPath: report)))
    return pages.compactMap { findings[$0] }
  }

  func testPagesAreGoodInABrowser() throws {
    _ = try (Places.python(), Places.chromium())
    // 1. A run with hostile names, one of many classes, one without anything.
    let folder = try TemporaryFolder()
    let made = try MadeRun()
    try RunPage.write(made.run, threads: 2)
    let wide = try MadeRun(classes: 102, picturesPerClass: 8, phases: [("main", 40), ("end", 1)])
    try RunPage.write(wide.run, threads: 2)
    let empty = folder("empty.html")
    try RunPage.html(RunFolder(existing: folder.path), threads: 1).write(
      toFile: empty, atomically: true, encoding: .utf8)
    let confused = try MadeRun(classes: 102, picturesPerClass: 1)
    try confused.confuseAll()
    try RunPage.write(confused.run, threads: 2)

    // 2. Comparisons: of seeds, and of two runs.
    var pages = [made.run.report, wide.run.report, empty, confused.run.report]
    for (name, seeds) in [("seeds", 3), ("two", 1)] as [(String, UInt64)] {
      let runs = try TemporaryFolder()
      for seed in 0..<seeds {
        _ = try MadeRun(seed: seed, in: runs)
        _ = try MadeRun(
          seed: seed, configuration: "ffff0000", lr: "0.1", share: 0.2, in: runs)
      }
      let readers = RunReader.all(in: runs("runs"))
      let comparison = try XCTUnwrap(Comparison.make(readers).comparison)
      pages.append(folder(name + ".html"))
      try ComparisonPage.html(comparison, runs: readers, in: folder.path, threads: 2).write(
        toFile: folder(name + ".html"), atomically: true, encoding: .utf8)
    }

    let findings = try look(at: pages)
    XCTAssertEqual(findings.count, pages.count)
    for (page, finding) in zip(pages, findings) {
      XCTAssertEqual(finding.problems, [], page)
      XCTAssertLessThan(finding.bytes, 3_000_000, page)
    }
    print(
      "pages open in \(findings.map { "\(Int($0.seconds * 1000)) ms (\($0.bytes >> 10) KiB)" }.joined(separator: ", "))"
    )
  }

  /// The other way round: the look finds what is wrong.
  func testTheLookFindsWhatIsWrong() throws {
    _ = try (Places.python(), Places.chromium())
    let folder = try TemporaryFolder()
    let made = try MadeRun()
    let good = RunPage.html(made.run, threads: 2)
    let confused = try MadeRun(classes: 12, picturesPerClass: 1)
    try confused.confuseAll()
    let long = RunPage.html(confused.run, threads: 2)
    let faults: [(old: String, new: String, problem: String)] = [
      (".scroll { overflow: auto;", ".scroll { overflow: visible;", "Content Security Policy"),
      (
        "</header>", "<pre>\(String(repeating: "wide ", count: 500))</pre></header>",
        "1920 px, dark: wider than the page"
      ),
      ("</header>", "<script>1</script></header>", "script-src"),
      ("</header>", "<img src=\"https://127.0.0.1:9/x.png\" alt=\"\"></header>", "img-src"),
      ("data-key=\"1\"", "data-key=\"x\"", "is not descending"),
      (
        "</header>", "<font color=\"#999999\">pale words</font></header>",
        "light: contrast 2.61 of 'pale words'"
      ),
      (
        "</header>",
        "<div class=\"picture\"><pre>\(String(repeating: "wide ", count: 500))</pre></div></header>",
        "cut off: DIV.picture 'wide wide"
      ),
      ("<tr class=\"more\">", "<tr>", "not the first 40 rows are shown"),
    ]
    var pages: [String] = []
    for (index, fault) in faults.enumerated() {
      let page = folder("\(index).html")
      let right = good.contains(fault.old) ? good : long
      XCTAssertTrue(right.contains(fault.old), fault.old)
      try right.replacing(fault.old, with: fault.new).write(
        toFile: page, atomically: true, encoding: .utf8)
      pages.append(page)
    }
    for (fault, finding) in zip(faults, try look(at: pages)) {
      XCTAssertTrue(
        finding.problems.contains { $0.contains(fault.problem) },
        "\(fault.new): \(finding.problems)")
    }
  }
}
