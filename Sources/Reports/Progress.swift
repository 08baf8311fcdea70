import Diagnostics

/// How far a run is: a live line on a terminal, plain lines elsewhere.
///
/// On a terminal the line is redrawn at most ten times a second. Elsewhere a line comes at least every ten seconds.
package final class Progress {
  private let redraws: Bool
  private let width: () -> Int
  private let now: () -> Double
  private let sink: (String) -> Void

  private var title = ""
  private var total = 0
  private var done = 0
  private var began = 0.0
  private var lastShown = -Double.infinity
  private var isLineShown = false

  /// - Parameters:
  ///   - redraws: whether it goes to a terminal whose cursor can be moved.
  ///   - width: columns of the terminal.
  ///   - now: seconds of a clock that never goes back.
  ///   - sink: takes text as it is to be written to standard error.
  package init(
    redraws: Bool, width: @escaping () -> Int, now: @escaping () -> Double,
    sink: @escaping (String) -> Void
  ) {
    self.redraws = redraws
    self.width = width
    self.now = now
    self.sink = sink
    lastShown = now()
  }

  /// Begins a stretch of `total` pictures, such as `head 3/20 train`.
  package func begin(_ title: String, total: Int) {
    self.title = VisibleText.of(title)
    self.total = total
    done = 0
    began = now()
  }

  /// More pictures are done; `detail` is what is known of them, such as the loss so far.
  package func advance(_ pictures: Int, detail: @autoclosure () -> String) {
    done += pictures
    let time = now()
    guard time - lastShown >= (redraws ? 0.1 : 10) else { return }
    lastShown = time
    let seconds = max(1e-9, time - began)
    let rate = Double(done) / seconds
    let left = Double(max(0, total - done)) / rate
    let detail = detail()
    var parts = [title, "\(Numbers.fixed(rate, 0)) images/s"]
    if !detail.isEmpty { parts.append(detail) }
    parts.append("\(Numbers.duration(left)) left")
    guard redraws else {
      sink("\(min(100, done * 100 / max(1, total)))% of " + parts.joined(separator: ", ") + "\n")
      return
    }
    sink("\r\u{1B}[K" + bar(parts.joined(separator: "  "), columns: width()))
    isLineShown = true
  }

  /// A line that stays.
  package func line(_ text: String) {
    clear()
    sink(VisibleText.of(text) + "\n")
    lastShown = now()
  }

  /// Takes the live line away.
  package func clear() {
    if isLineShown { sink("\r\u{1B}[K") }
    isLineShown = false
  }

  /// The bar takes what the text leaves; where that is too little there is none, and the text is cut.
  private func bar(_ text: String, columns: Int) -> String {
    let room = columns - 1 - DisplayWidth.of(text) - 3
    guard room >= 10 else {
      var text = text
      while !text.isEmpty, DisplayWidth.of(text) > columns - 1 { text.removeLast() }
      return text
    }
    let length = min(30, room)
    let full = total > 0 ? length * min(done, total) / total : 0
    return "[" + String(repeating: "=", count: full) + String(repeating: " ", count: length - full)
      + "] " + text
  }
}
