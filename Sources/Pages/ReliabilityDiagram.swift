import Diagnostics
import Reports
import Statistics

/// Accuracy over confidence, bin by bin, with the number of pictures of each below.
struct ReliabilityDiagram {
  let calibration: Calibration

  init(_ calibration: Calibration) { self.calibration = calibration }

  private static let frame = (left: 46.0, right: 350.0, top: 10.0, bottom: 220.0)
  private static let counts = (top: 250.0, bottom: 290.0)

  private func x(_ share: Double) -> Double {
    Self.frame.left + (Self.frame.right - Self.frame.left) * share
  }

  private func y(_ share: Double) -> Double {
    Self.frame.bottom - (Self.frame.bottom - Self.frame.top) * share
  }

  private func rectangle(
    _ style: String, x: Double, y: Double, width: Double, height: Double
  ) -> HTML {
    "<rect class=\"\(style)\" x=\"\(Value.place(x))\" y=\"\(Value.place(y))\" width=\"\(Value.place(width))\" height=\"\(Value.place(height))\"/>"
  }

  var html: HTML {
    let frame = Self.frame
    return """
      <figure class="chart" data-readout="">
      <figcaption>Reliability</figcaption>
      <svg viewBox="0 0 360 312" role="img" aria-label="Accuracy over confidence">
      \(scale)<line class="diagonal" x1="\(Value.place(frame.left))" y1="\(Value.place(frame.bottom))" x2="\(Value.place(frame.right))" y2="\(Value.place(frame.top))"/>
      \(bars)</svg>
      <p class="readout">Bars: how often it is right. Dashes: how sure it is. On the diagonal both are the same.</p>
      </figure>
      """
  }

  private var scale: HTML {
    var html = HTML()
    for share in [0, 0.25, 0.5, 0.75, 1] {
      let text = Numbers.short(share)
      html += """
        <line class="grid" x1="\(Value.place(Self.frame.left))" x2="\(Value.place(Self.frame.right))" y1="\(Value.place(y(share)))" y2="\(Value.place(y(share)))"/>
        <text x="\(Value.place(Self.frame.left - 6))" y="\(Value.place(y(share) + 4))" text-anchor="end">\(text)</text>
        <text x="\(Value.place(x(share)))" y="\(Value.place(Self.frame.bottom + 16))" text-anchor="middle">\(text)</text>

        """
    }
    html += """
      <text x="\(Value.place(Self.frame.left - 6))" y="\(Value.place(Self.counts.bottom))" text-anchor="end">count</text>
      <line class="axis" x1="\(Value.place(Self.frame.left))" x2="\(Value.place(Self.frame.right))" y1="\(Value.place(Self.counts.bottom))" y2="\(Value.place(Self.counts.bottom))"/>
      <text x="\(Value.place((Self.frame.left + Self.frame.right) / 2))" y="308" text-anchor="middle">confidence</text>

      """
    return html
  }

  private var bars: HTML {
    let most = Double(max(1, calibration.bins.map(\.count).max() ?? 1))
    return calibration.bins.map { bin -> HTML in
      let (left, right) = (x(bin.range.lower) + 1, x(bin.range.upper) - 1)
      guard let accuracy = bin.accuracy, let confidence = bin.meanConfidence else { return "" }
      let height = (Self.counts.bottom - Self.counts.top) * Double(bin.count) / most
      let say =
        "confidence \(Numbers.fixed(bin.range.lower, 3))–\(Numbers.fixed(bin.range.upper, 3)): "
        + "\(Counted.of(bin.count, "picture")), \(Numbers.fixed(accuracy, 4)) right, "
        + "\(Numbers.fixed(confidence, 4)) sure"
      let (above, below) = (min(y(accuracy), y(confidence)), max(y(accuracy), y(confidence)))
      return rectangle(
        "bin-accuracy", x: left, y: y(accuracy), width: right - left, height: y(0) - y(accuracy))
        + rectangle("bin-gap", x: left, y: above, width: right - left, height: below - above)
        + rectangle(
          "bin-count", x: left, y: Self.counts.bottom - height, width: right - left, height: height)
          + """
          <rect class="hot" data-say="\(say)" x="\(Value.place(left - 1))" y="\(Value.place(Self.frame.top))" width="\(Value.place(right - left + 2))" height="\(Value.place(Self.counts.bottom - Self.frame.top))"><title>\(say)</title></rect>

          """
    }.joined()
  }
}
