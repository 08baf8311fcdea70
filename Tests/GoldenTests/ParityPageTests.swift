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

  func testEveryComponentHasARow() throws {
    let rows = try rows()
    for (title, names) in [
      ("Decoding", ["JPEG", "PNG"]),
      ("Transforms", TransformCatalogue.family.declarations.map(\.name)),
      ("Backbones", BackboneCatalogue.names),
      ("Losses", LossCatalogue.family.declarations.map(\.name)),
      ("Optimizers", OptimizerCatalogue.family.declarations.map(\.name) + ["clip_grad_norm"]),
      ("Schedulers", SchedulerCatalogue.family.declarations.map(\.name)),
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

  func testNothingOnThePageIsBeyondWhatIsAllowed() throws {
    let page = try String(
      contentsOfFile: Places.repository + "/docs/parity.md", encoding: .utf8)
    for word in ["inf", "nan"] { XCTAssertFalse(page.contains("| \(word) |"), word) }
  }
}
