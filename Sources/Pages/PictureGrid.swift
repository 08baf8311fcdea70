import Reports

/// A picture with what a network says of it.
package struct PictureCard: Sendable {
  /// What the picture is called below it: a path.
  package var path: String
  /// Nil where the picture cannot be shown.
  package var thumbnail: Thumbnail?
  /// What it is called, by names for people, the likeliest first.
  package var predictions: [(name: String, probability: Double)]
  /// What it is; nil where nobody knows.
  package var truth: (name: String, probability: Double?)?
  /// Whether it is called what it is; nil where that is not known. Two classes may have one name.
  package var isRight: Bool?
  /// Why there is no picture, or no prediction.
  package var problem: String?

  package init(
    path: String, thumbnail: Thumbnail? = nil, predictions: [(name: String, probability: Double)],
    truth: (name: String, probability: Double?)? = nil, isRight: Bool? = nil,
    problem: String? = nil
  ) {
    self.path = path
    self.thumbnail = thumbnail
    self.predictions = predictions
    self.truth = truth
    self.isRight = isRight
    self.problem = problem
  }

  var html: HTML {
    let style = isRight.map { $0 ? "right" : "wrong" } ?? "open"
    let file = path.split(separator: "/").last.map(String.init) ?? path
    let picture: HTML =
      thumbnail?.html(spoken) ?? "<div class=\"absent\">\(problem ?? "no picture")</div>"
    return """
      <figure class="picture \(style)">\(picture)<figcaption>\(words)<span class="path" title="\(path)">\(file)</span></figcaption></figure>

      """
  }

  private var words: HTML {
    guard let first = predictions.first else { return HTML() }
    let share = Value.percent(first.probability)
    guard let isRight else {
      return predictions.map { entry -> HTML in
        "<span class=\"is\">\(HTML.name(entry.name)) <span class=\"muted\">\(Value.percent(entry.probability))</span></span>"
      }.joined()
    }
    let mark = isRight ? "✓" : "✗"
    let head: HTML = "<span class=\"said\">\(mark) \(HTML.name(first.name))</span>"
    if isRight { return head + "<span class=\"is\">right, \(share)</span>" }
    let is_ = truth.map { truth -> HTML in
      let own = truth.probability.map { " \(Value.percent($0))" } ?? ""
      return "<span class=\"is\">is <b>\(HTML.name(truth.name))</b>\(own)</span>"
    }
    return head + "<span class=\"is\">wrong, \(share)</span>" + (is_ ?? HTML())
  }

  private var spoken: String {
    let said = predictions.first.map { "called \($0.name)" } ?? ""
    return [truth.map { $0.name }, said].compactMap { $0 }.filter { !$0.isEmpty }
      .joined(separator: ", ")
  }
}

/// Pictures with their names, right ones green and wrong ones red, and the word beside the colour.
package struct PictureGrid: Sendable {
  package var cards: [PictureCard]
  /// The grid's name in the page; with one, buttons show all cards, the right or the wrong ones.
  package var anchor: String?

  package init(_ cards: [PictureCard], anchor: String? = nil) {
    self.cards = cards
    self.anchor = anchor
  }

  package var html: HTML {
    let grid = cards.map(\.html).joined()
    guard let anchor else { return "<div class=\"pictures\">\(grid)</div>" }
    let right = cards.count { $0.isRight == true }
    let wrong = cards.count { $0.isRight == false }
    return """
      <div class="choices" data-choices="\(anchor)" role="group" aria-label="Which pictures">
      <button type="button" data-show="all" aria-pressed="true">all \(cards.count)</button>
      <button type="button" data-show="right" aria-pressed="false">✓ right \(right)</button>
      <button type="button" data-show="wrong" aria-pressed="false">✗ wrong \(wrong)</button>
      </div>
      <div class="pictures" id="\(anchor)">
      \(grid)</div>
      """
  }
}
