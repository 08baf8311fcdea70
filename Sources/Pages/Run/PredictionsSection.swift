import Reports
import Runs

/// A fair sample of the pictures with what they are called.
enum PredictionsSection {
  private static let shown = 60

  static func section(_ run: RunContents) -> Page.Section {
    guard !run.rows.isEmpty else {
      return Page.Section(
        "predictions", "Predictions", RunContents.missing("There are no predictions to show."))
    }
    let places = sample(run.rows.count, shown)
    let lead: HTML =
      places.count == run.rows.count
      ? "<p>All \(run.rows.count) \(run.split) pictures, in their order.</p>"
      : "<p>\(places.count) of the \(Numbers.grouped(run.rows.count)) \(run.split) pictures, taken at equal steps through their order and not chosen by result.</p>"
    let grid = PictureGrid(run.cards(places.map { run.rows[$0] }), anchor: "sample")
    return Page.Section("predictions", "Predictions", run.dataNote + lead + grid.html)
  }

  /// Places at equal steps.
  static func sample(_ count: Int, _ wanted: Int) -> [Int] {
    count <= wanted ? Array(0..<count) : (0..<wanted).map { $0 * count / wanted }
  }
}
