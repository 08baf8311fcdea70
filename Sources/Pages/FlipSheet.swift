import Reports
import Runs

/// The pictures that one of two models got right and the other did not, with what each said.
struct FlipSheet {
  private static let shown = 96

  let pairs: PicturePairs
  /// The grid's name in the page.
  let anchor: String
  let threads: Int

  init(_ pairs: PicturePairs, anchor: String, threads: Int) {
    self.pairs = pairs
    self.anchor = anchor
    self.threads = threads
  }

  var html: HTML {
    guard !pairs.flips.isEmpty else { return "<p>No picture flipped.</p>" }
    let source = RunPictures(pairs.first.folder, threads: threads)
    let places = PredictionsSection.sample(pairs.flips.count, Self.shown)
    let flips = places.map { pairs.flips[$0] }
    let cards = zip(flips, source.thumbnails(flips.map(\.path))).map { flip, picture in
      card(flip, picture, source)
    }
    let gained = flips.count(where: \.isGained)
    let lead: HTML =
      flips.count == pairs.flips.count
      ? HTML()
      : "<p class=\"muted small\">\(flips.count) of \(pairs.flips.count), taken at equal steps.</p>"
    return """
      \(source.note)\(lead)
      <p class="small"><b>1</b> is \(HTML.name(pairs.first.folder.name)), <b>2</b> is \(HTML.name(pairs.second.folder.name)).</p>
      <div class="choices" data-choices="\(anchor)" role="group" aria-label="Which pictures">
      <button type="button" data-show="all" aria-pressed="true">all \(flips.count)</button>
      <button type="button" data-show="right" aria-pressed="false">✓ right in 2 alone \(gained)</button>
      <button type="button" data-show="wrong" aria-pressed="false">✗ right in 1 alone \(flips.count - gained)</button>
      </div>
      <div class="pictures" id="\(anchor)">
      \(cards.joined())</div>
      """
  }

  private func card(
    _ flip: PicturePairs.Flip, _ picture: (thumbnail: Thumbnail?, problem: String?),
    _ source: RunPictures
  ) -> HTML {
    let file = flip.path.split(separator: "/").last.map(String.init) ?? flip.path
    let label = source.name(flip.label)
    func said(_ number: Int, _ answer: (predicted: String, probability: Double)) -> HTML {
      let isRight = answer.predicted == flip.label
      return """
        <span class="is">\(number) <span class="\(isRight ? "right" : "wrong")-word">\(isRight ? "✓" : "✗") \(HTML.name(source.name(answer.predicted)))</span> \(Value.percent(answer.probability))</span>
        """
    }
    let image: HTML =
      picture.thumbnail?.html(label)
      ?? "<div class=\"absent\">\(picture.problem ?? "no picture")</div>"
    return """
      <figure class="picture \(flip.isGained ? "right" : "wrong")">\(image)<figcaption><span class="is"><b>\(label)</b></span>\(said(1, flip.first))\(said(2, flip.second))<span class="path" title="\(flip.path)">\(file)</span></figcaption></figure>

      """
  }
}
