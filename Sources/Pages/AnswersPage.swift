import Reports
import Runs

/// What a network says of pictures that somebody asked about, as a page that is written as answers come.
package struct AnswersPage: Sendable {
  /// What stands before the first picture.
  package let head: String
  /// What stands after the last one.
  package let tail: String
  private let threads: Int

  private static let place: HTML = "<!--pictures-->"

  /// - Parameters:
  ///   - run: the run's name.
  ///   - weights: which of its weights: `best` or `last`.
  package init(run: String, weights: String, threads: Int) {
    self.threads = threads
    let header: HTML = """
      <p class="over">xrun predict</p>
      <h1>\(run)</h1>
      <p class="muted">by its \(weights) weights</p>
      """
    let page = Page(
      title: "Predictions of \(run)", header: header,
      sections: [
        Page.Section("pictures", "Pictures", "<div class=\"pictures\">\n\(Self.place)</div>")
      ])
    let parts = page.html.split(separator: Self.place.source, maxSplits: 1)
    (head, tail) = (String(parts[0]), String(parts[1]))
  }

  /// Some of the answers, with their pictures.
  package func entries(_ answers: [Answer]) -> String {
    var thumbnails = Thumbnail.all(
      of: answers.filter { $0.problem == nil }.map(\.path), threads: threads
    ).makeIterator()
    return answers.map { answer -> HTML in
      if let problem = answer.problem {
        return PictureCard(path: answer.path, predictions: [], problem: problem.words).html
      }
      let guesses = answer.guesses.map { ($0.name, Double($0.probability)) }
      switch thumbnails.next() {
      case .success(let thumbnail)?:
        return PictureCard(path: answer.path, thumbnail: thumbnail, predictions: guesses).html
      case .failure(let error)?:
        // It was read a moment ago, and is not there any more.
        return PictureCard(path: answer.path, predictions: guesses, problem: "\(error)").html
      case nil: return HTML()
      }
    }.joined().source
  }
}
