import Foundation
import Pages
import Reports
import Runs
import TestSupport
import XCTest

/// A comparison's page: it says what the comparison says, and links to the runs.
final class ComparisonPageTests: XCTestCase {
  /// Two configurations with three seeds each.
  private func folder() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    for seed in 0..<3 as Range<UInt64> {
      _ = try MadeRun(picturesPerClass: 8, seed: seed, in: folder)
      _ = try MadeRun(
        picturesPerClass: 8, seed: seed, configuration: "ffff0000", lr: "0.1", share: 0.2,
        in: folder)
    }
    return folder
  }

  private func page(_ folder: TemporaryFolder, in directory: String? = nil) throws -> String {
    let runs = RunReader.all(in: folder("runs"))
    let comparison = try XCTUnwrap(Comparison.make(runs).comparison)
    return ComparisonPage.html(
      comparison, runs: runs, in: directory ?? folder.path, threads: 2)
  }

  func testItSaysWhatTheComparisonSays() throws {
    let folder = try folder()
    let runs = RunReader.all(in: folder("runs"))
    let comparison = try XCTUnwrap(Comparison.make(runs).comparison)
    let html = try page(folder)
    let words = try XCTUnwrap(ComparisonWords(comparison))
    XCTAssertEqual(words.claims.count, 1)
    for claim in words.claims {
      XCTAssertTrue(html.contains(HTML(text: claim.grounds).source), claim.grounds)
    }
    for note in comparison.notes { XCTAssertTrue(html.contains(HTML(text: note).source), note) }
    for row in comparison.table.rows {
      for cell in row { XCTAssertTrue(html.contains(HTML(text: cell).source), cell) }
    }
    for group in comparison.groups {
      for value in group.values(comparison.metric).values {
        XCTAssertTrue(html.contains("<data value=\"\(Numbers.short(value))\">"))
      }
    }
    XCTAssertEqual(try page(folder), html, "the same twice")
  }

  func testNoNameBecomesMarkupAndLinksAreAddresses() throws {
    let folder = try folder()
    let html = try page(folder)
    XCTAssertFalse(html.contains("<b>'"))
    XCTAssertEqual(html.ranges(of: "<script").count, 1)
    XCTAssertTrue(html.contains("href=\"runs/made-0.1%26%3Cb%3E%27%22d-s0/\""))
    XCTAssertTrue(
      try page(folder, in: folder("elsewhere/below")).contains("href=\"../../runs/made-0.1%26"))
  }

  /// What thousands of rows would repeat: a key is written where the cell does not say it.
  func testNoCellSaysTwiceWhatOrdersIt() throws {
    let html = try page(try folder())
    let cells = html.matches(of: /<td[^>]* data-key="([^"]+)">(.*?)<\/td>/)
    XCTAssertGreaterThanOrEqual(cells.count, 3)
    for cell in cells {
      XCTAssertNotEqual(cell.output.1, cell.output.2)
      XCTAssertFalse(cell.output.2.contains(">\(cell.output.1)<"), String(cell.output.0))
      XCTAssertFalse(cell.output.2.contains("<data"), String(cell.output.0))
    }
  }

  func testTwoRunsShowTheirFlippedPictures() throws {
    let folder = try TemporaryFolder()
    for seed in 0..<2 as Range<UInt64> {
      _ = try MadeRun(picturesPerClass: 8, seed: seed, in: folder)
    }
    let html = try page(folder)
    XCTAssertTrue(html.contains("<section id=\"flips\">"))
    let runs = RunReader.all(in: folder("runs"))
    let flips = PicturePairs(runs[0], runs[1], "val").flips
    XCTAssertGreaterThan(flips.count, 3)
    XCTAssertEqual(html.ranges(of: "<figure class=\"picture").count, flips.count)
    // The same sheet on a page of its own.
    let sheet = FlipsPage.html(RunDifference(runs[0], runs[1]), threads: 2)
    XCTAssertEqual(sheet.ranges(of: "<figure class=\"picture").count, flips.count)
    XCTAssertTrue(sheet.contains("Flipped val pictures"))
  }

  func testOneRunAloneAndDamagedOnesHaveAPage() throws {
    let folder = try TemporaryFolder()
    let made = try MadeRun(in: folder)
    try FileManager.default.createDirectory(
      atPath: folder("runs/broken"), withIntermediateDirectories: true)
    try made.write("{", to: folder("runs/broken/run.json"))
    let html = try page(folder)
    XCTAssertTrue(html.contains("not compared: broken"))
    XCTAssertFalse(html.contains("<section id=\"verdicts\">"))
  }
}
