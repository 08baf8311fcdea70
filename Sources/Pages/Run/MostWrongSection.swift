import Reports
import Runs

/// The pictures that the network is surest of and wrong about: mislabelled ones are among them.
enum MostWrongSection {
  private static let shown = 24

  static func section(_ run: RunContents) -> Page.Section {
    let wrong = run.rows.enumerated().filter { !$0.element.isCorrect }
      .sorted { a, b in
        (b.element.predictedProbability, a.offset) < (a.element.predictedProbability, b.offset)
      }.prefix(shown).map(\.element)
    let body: HTML
    if run.rows.isEmpty {
      body = RunContents.missing("There are no predictions to show.")
    } else if wrong.isEmpty {
      body = "<p>No \(run.split) picture is called what it is not.</p>"
    } else {
      body = """
        <p>Wrong with the greatest confidence, the surest first. Look here for wrong labels too.</p>
        \(PictureGrid(run.cards(wrong)).html)
        """
    }
    return Page.Section("most-wrong", "Most wrong", body)
  }
}
