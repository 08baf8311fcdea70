import Diagnostics
import Experiments
import Reports
import Runs

/// The page of a comparison: the table, what is real and how sure that is, curves, and what to know.
package enum ComparisonPage {
  /// - Parameters:
  ///   - runs: all that was found, with what could not be read of it.
  ///   - directory: where the page will stand, absolute: links to run folders lead from there.
  package static func html(
    _ comparison: Comparison, runs: [RunReader], in directory: String, threads: Int
  ) -> String {
    var sections: [Page.Section] = []
    if !comparison.groups.isEmpty {
      sections += [
        TableSection.section(comparison), VerdictsSection.section(comparison),
        GroupCurvesSection.section(comparison),
      ].compactMap { $0 }
    }
    sections += [
      FlipsSection.section(comparison, threads: threads),
      NotesSection.section(comparison, runs), RunsSection.section(comparison, in: directory),
    ].compactMap { $0 }
    return Page(
      title: "Comparison by \(comparison.metric.name)", header: header(comparison),
      sections: sections
    ).html
  }

  private static func header(_ comparison: Comparison) -> HTML {
    let count = comparison.groups.reduce(0) { $0 + $1.runs.count }
    let rows = Counted.of(comparison.groups.count, "configuration")
    return """
      <p class="over">xrun comparison</p>
      <h1>\(rows), \(Counted.of(count, "run"))</h1>
      <p class="muted">by \(comparison.metric.name), \(comparison.metric.isAccuracy ? "higher" : "lower") is better; intervals at the \(Numbers.percent(comparison.options.level)) level</p>
      """
  }

  /// The colour of a row: the first ones have one of their own, the others share the last.
  static func colour(_ row: Int) -> Int { min(row, 7) }
}
