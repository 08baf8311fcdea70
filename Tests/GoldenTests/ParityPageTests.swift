import Foundation
import Models
import Optimizers
import TestSupport
import Transforms
import XCTest

/// `docs/parity.md` has a row for every component, so that what is new there cannot be without.
final class ParityPageTests: XCTestCase {
  /// The components with rows, by the title above their table.
  private func rows() throws -> [String: Set<String>] {
    let page = try String(
      contentsOfFile: Places.repository + "/docs/parity.md", encoding: .utf8)
    var rows: [String: Set<String>] = [:]
    var title = ""
    for line in page.split(separator: "\n") {
      if line.hasPrefix("## ") { title = String(line.dropFirst(3)) }
      let parts = line.split(separator: "`", omittingEmptySubsequences: false)
      if line.hasPrefix("| `"), parts.count > 2 {
        rows[title, default: []].insert(String(parts[1]))
      }
    }
    return rows
  }

  private func trajectories() throws -> [String] {
    try FileManager.default.contentsOfDirectory(
      atPath: Places.repository + "/Tests/GoldenTests/Trajectories"
    ).filter { $0 != "common.yaml" }.map { String($0.dropLast(".yaml".count)) }
  }

  func testEveryComponentHasARow() throws {
    let rows = try rows()
    for (title, names) in [
      ("Decoding", ["JPEG", "PNG"]),
      ("Transforms", TransformCatalogue.family.declarations.map(\.name)),
      ("Backbones", BackboneCatalogue.names),
      ("Losses", LossCatalogue.family.declarations.map(\.name)),
      ("Optimizers", OptimizerCatalogue.family.declarations.map(\.name) + ["clip_grad_norm"]),
      ("Schedulers", SchedulerCatalogue.family.declarations.map(\.name)),
      ("Trajectories", try trajectories()),
    ] {
      XCTAssertFalse(names.isEmpty, title)
      for name in names {
        XCTAssertTrue(
          rows[title]?.contains(name) ?? false,
          "'\(name)' has no row under '\(title)' in docs/parity.md: record it by Parity.check, run 'make parity'"
        )
      }
    }
  }

  /// The numbers of a row: what was found and what is allowed.
  private func figures(_ row: Substring) throws -> (found: Double, allowed: Double) {
    let cells = row.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
    func number(_ cell: String) throws -> Double {
      if cell == "equal" || cell == "nothing" { return 0 }
      return try XCTUnwrap(
        Double(cell.split(separator: " ").first ?? ""), "'\(cell)' is no number: \(row)")
    }
    return (try number(cells[cells.count - 2]), try number(cells[cells.count - 1]))
  }

  func testNothingOnThePageIsBeyondWhatIsAllowed() throws {
    let page = try String(
      contentsOfFile: Places.repository + "/docs/parity.md", encoding: .utf8)
    let rows = page.split(separator: "\n").filter { $0.hasPrefix("| `") }
    XCTAssertGreaterThan(rows.count, 200)
    for row in rows {
      let (found, allowed) = try figures(row)
      // Both are rounded to two digits.
      XCTAssertLessThanOrEqual(found, allowed * 1.05, "\(row)")
    }
  }
}
