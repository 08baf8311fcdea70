import Reports
import Statistics

/// Estimates with their intervals, a row each on one scale: differences from a baseline, or values of seeds.
struct IntervalPlot {
  struct Row {
    var name: HTML
    var estimate: Double?
    var interval: Interval?
    /// Single values, such as those of seeds.
    var values: [Double] = []
    /// The numbers, in words.
    var text: HTML
    /// Which colour of the eight.
    var colour: Int
  }

  var rows: [Row]
  /// Where a line stands through all rows, such as at 0.
  var line: Double?
  /// A range that does not matter, around the line.
  var margin: Double?
  var bounds: ClosedRange<Double>?
  var isSigned = false
  var label: String

  /// Room at both ends for half of a number.
  private static let (left, right) = (30.0, 370.0)

  private var axis: Axis {
    var values = rows.flatMap { row in
      row.values + [row.estimate, row.interval?.lower, row.interval?.upper].compactMap { $0 }
    }
    if let line { values += [line, line - (margin ?? 0), line + (margin ?? 0)] }
    return Axis(values, within: bounds)
  }

  var html: HTML {
    let axis = axis
    let lines = rows.map { row -> HTML in
      """
      <div class="interval"><div class="what">\(row.name)</div>
      <svg viewBox="0 0 400 28" aria-hidden="true">\(ground(axis, height: 28))\(drawn(row, axis))</svg>
      <div class="numbers">\(row.text)</div></div>

      """
    }
    return """
      <div class="intervals" role="group" aria-label="\(label)">
      \(lines.joined())<div class="interval scale"><div class="what"></div>
      <svg viewBox="0 0 400 24" aria-hidden="true">\(ground(axis, height: 6))\(numbers(axis))</svg>
      <div class="numbers"></div></div>
      </div>
      """
  }

  private func x(_ value: Double, _ axis: Axis) -> Double? {
    axis.share(value).map { Self.left + (Self.right - Self.left) * max(0, min(1, $0)) }
  }

  private func ground(_ axis: Axis, height: Int) -> HTML {
    var html = HTML()
    if let line, let margin, let low = x(line - margin, axis), let high = x(line + margin, axis) {
      html +=
        "<rect class=\"margin\" x=\"\(Value.place(low))\" y=\"0\" width=\"\(Value.place(high - low))\" height=\"\(height)\"/>"
    }
    for tick in axis.ticks {
      guard let x = x(tick, axis) else { continue }
      html +=
        "<line class=\"grid\" x1=\"\(Value.place(x))\" x2=\"\(Value.place(x))\" y1=\"0\" y2=\"\(height)\"/>"
    }
    if let line, let x = x(line, axis) {
      html +=
        "<line class=\"zero\" x1=\"\(Value.place(x))\" x2=\"\(Value.place(x))\" y1=\"0\" y2=\"\(height)\"/>"
    }
    return html
  }

  private func numbers(_ axis: Axis) -> HTML {
    let ticks = axis.ticks
    // As many as do not touch; on a phone, where letters take more of the drawing, every second one.
    let stride = max(1, (ticks.count + 6) / 7)
    let shown = ticks.indices.filter { $0 % stride == 0 }
    return shown.enumerated().map { place, index -> HTML in
      guard let x = x(ticks[index], axis) else { return "" }
      let sign = isSigned && ticks[index] > 0 ? "+" : ""
      let style: HTML = place % 2 == 1 ? " class=\"second\"" : ""
      return
        "<text\(style) x=\"\(Value.place(x))\" y=\"20\" text-anchor=\"middle\">\(sign)\(axis.label(ticks[index]))</text>"
    }.joined()
  }

  private func drawn(_ row: Row, _ axis: Axis) -> HTML {
    var html = HTML()
    if let interval = row.interval, let low = x(interval.lower, axis),
      let high = x(interval.upper, axis)
    {
      html += """
        <path class="whisker s\(row.colour)" d="M\(Value.place(low)) 14H\(Value.place(high))M\(Value.place(low)) 9V19M\(Value.place(high)) 9V19"/>
        """
    }
    if let estimate = row.estimate, let x = x(estimate, axis) {
      html +=
        "<rect class=\"fill s\(row.colour)\" x=\"\(Value.place(x - 4.5))\" y=\"9.5\" width=\"9\" height=\"9\" rx=\"1.5\"/>"
    }
    // On top, as the mean often lies on one.
    for value in row.values {
      guard let x = x(value, axis) else { continue }
      html += "<circle class=\"seed\" cx=\"\(Value.place(x))\" cy=\"14\" r=\"3.5\"/>"
    }
    return html
  }
}
