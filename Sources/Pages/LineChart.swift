import Models
import Reports

/// Curves over epochs as SVG, with the values at the pointer in a line below.
///
/// Its own width is that of a phone; where there is more room, several stand side by side.
struct LineChart {
  struct Series {
    var name: String
    /// Not finite where there is none.
    var values: [Double]
    /// A range around each value.
    var band: [ClosedRange<Double>?] = []
    var isDashed = false
    /// Which colour of the eight.
    var colour: Int
  }

  var title: String
  /// What each point is called, such as `head, epoch 3`.
  var labels: [String]
  /// The number below a point, where there is room.
  var ticks: [String]
  var series: [Series]
  /// Where phases begin: the place of a point, and the name.
  var boundaries: [(place: Int, name: String)] = []
  /// The point that is marked, and shown where the pointer is elsewhere.
  var marked: Int?
  var bounds: ClosedRange<Double>?
  var allowsLogarithm = false
  var digits = 4
  /// Not digits behind the point but significant ones, as for rates.
  var isRate = false

  private static let size = (width: 360.0, height: 208.0)
  private static let frame = (left: 46.0, right: 350.0, top: 18.0, bottom: 184.0)

  private var axis: Axis {
    Axis(
      series.flatMap { series in
        series.values + series.band.compactMap { $0 }.flatMap { [$0.lowerBound, $0.upperBound] }
      }, within: bounds, allowsLogarithm: allowsLogarithm)
  }

  private func x(_ place: Int) -> Double {
    let frame = Self.frame
    guard labels.count > 1 else { return (frame.left + frame.right) / 2 }
    // Points keep off the frame, so that their marks are whole.
    let (first, last) = (frame.left + 8, frame.right - 8)
    return first + (last - first) * Double(place) / Double(labels.count - 1)
  }

  private func y(_ value: Double, _ axis: Axis) -> Double? {
    axis.share(value).map { Self.frame.bottom - (Self.frame.bottom - Self.frame.top) * $0 }
  }

  private func text(_ value: Double?) -> String {
    guard let value, value.isFinite else { return "–" }
    return isRate ? Numbers.rate(value) : Numbers.fixed(value, digits)
  }

  /// Nothing where there is no value.
  var html: HTML {
    let drawn = series.filter { $0.values.contains(where: \.isFinite) }
    guard !drawn.isEmpty, !labels.isEmpty else { return "" }
    var chart = self
    chart.series = drawn
    return chart.figure
  }

  private var figure: HTML {
    let axis = axis
    let start = marked ?? labels.count - 1
    let (width, height) = (Value.place(Self.size.width), Value.place(Self.size.height))
    return """
      <figure class="chart" data-chart="\(data(axis, start).text())">
      <figcaption>\(title)</figcaption>
      <svg viewBox="0 0 \(width) \(height)" tabindex="0" role="img" aria-label="\(title), \(labels[start]): \(spoken(start))">
      \(scale(axis))\(series.map { bands($0, axis) }.joined())\(series.map { lines($0, axis) }.joined())\(mark(axis))\(cursor)
      </svg>
      \(readout(start))
      </figure>

      """
  }

  private func spoken(_ place: Int) -> String {
    series.map { "\($0.name) \(text($0.values[place]))" }.joined(separator: ", ")
  }

  // MARK: What is drawn

  private func scale(_ axis: Axis) -> HTML {
    let frame = Self.frame
    var html = HTML()
    for tick in axis.ticks {
      guard let y = y(tick, axis) else { continue }
      html += """
        <line class="grid" x1="\(Value.place(frame.left))" x2="\(Value.place(frame.right))" y1="\(Value.place(y))" y2="\(Value.place(y))"/>
        <text x="\(Value.place(frame.left - 6))" y="\(Value.place(y + 4))" text-anchor="end">\(axis.label(tick))</text>

        """
    }
    // As many numbers as do not touch.
    let stride = max(1, (labels.count + 9) / 10)
    for place in labels.indices where place % stride == 0 {
      html +=
        "<text x=\"\(Value.place(x(place)))\" y=\"\(Value.place(frame.bottom + 16))\" text-anchor=\"middle\">\(ticks[place])</text>\n"
    }
    for (index, boundary) in boundaries.enumerated() {
      let isFirst = boundary.place == 0
      let left = isFirst ? frame.left : (x(boundary.place - 1) + x(boundary.place)) / 2
      if !isFirst {
        html +=
          "<line class=\"boundary\" x1=\"\(Value.place(left))\" x2=\"\(Value.place(left))\" y1=\"\(Value.place(frame.top - 14))\" y2=\"\(Value.place(frame.bottom))\"/>\n"
      }
      let next = index + 1 < boundaries.count ? boundaries[index + 1].place : labels.count
      let right = next < labels.count ? (x(next - 1) + x(next)) / 2 : frame.right
      let name = Self.shortened(boundary.name, to: Int((right - left - 6) / 6))
      html +=
        "<text class=\"strong\" x=\"\(Value.place(left + 4))\" y=\"\(Value.place(frame.top - 6))\">\(name)</text>\n"
    }
    return html
  }

  /// Characters that fit; nothing where hardly any do.
  private static func shortened(_ text: String, to count: Int) -> String {
    if text.count <= count { return text }
    return count < 3 ? "" : text.prefix(count - 1) + "…"
  }

  private func bands(_ series: Series, _ axis: Axis) -> HTML {
    let known = series.band.indices.compactMap { place -> (x: Double, low: Double, high: Double)? in
      guard let range = series.band[place], let low = y(range.lowerBound, axis),
        let high = y(range.upperBound, axis)
      else { return nil }
      return (x(place), low, high)
    }
    guard let first = known.first else { return "" }
    if known.count == 1 {
      return
        "<line class=\"whisker s\(series.colour)\" x1=\"\(Value.place(first.x))\" x2=\"\(Value.place(first.x))\" y1=\"\(Value.place(first.low))\" y2=\"\(Value.place(first.high))\"/>\n"
    }
    let path =
      known.map { "\(Value.place($0.x)),\(Value.place($0.high))" }
      + known.reversed().map { "\(Value.place($0.x)),\(Value.place($0.low))" }
    return
      "<polygon class=\"band fill s\(series.colour)\" points=\"\(path.joined(separator: " "))\"/>\n"
  }

  private func lines(_ series: Series, _ axis: Axis) -> HTML {
    var path = ""
    var points = HTML()
    var isPenDown = false
    for (place, value) in series.values.enumerated() {
      guard let y = y(value, axis) else {
        isPenDown = false
        continue
      }
      path += "\(isPenDown ? "L" : "M")\(Value.place(x(place))) \(Value.place(y))"
      isPenDown = true
      if labels.count <= 40 {
        points +=
          "<circle class=\"point fill s\(series.colour)\" cx=\"\(Value.place(x(place)))\" cy=\"\(Value.place(y))\" r=\"3\"/>"
      }
    }
    let style = "line s\(series.colour)" + (series.isDashed ? " dashed" : "")
    return "<path class=\"\(style)\" d=\"\(path)\"/>\(points)\n"
  }

  /// A ring around the marked point of the last curve, which is the one that is chosen by.
  private func mark(_ axis: Axis) -> HTML {
    guard let marked, let value = series.last?.values[marked], let y = y(value, axis) else {
      return ""
    }
    let x = x(marked)
    let word = word(besideX: x, y, axis)
    return """
      <circle class="best-mark" cx="\(Value.place(x))" cy="\(Value.place(y))" r="6.5"/>
      <text class="strong" x="\(Value.place(word.x))" y="\(Value.place(word.y))" text-anchor="\(word.anchor)">best</text>

      """
  }

  /// Where the word at the mark covers the fewest curves: above it, below it or beside it.
  private func word(
    besideX x: Double, _ y: Double, _ axis: Axis
  ) -> (x: Double, y: Double, anchor: String) {
    let frame = Self.frame
    // 1. The places, and the box that the word takes in each: it is 26 wide and 11 high.
    let isRight = x > frame.right - 40
    let (end, right) = (isRight ? x + 6 : x, isRight ? x + 6 : x + 13)
    let anchor = isRight ? "end" : "middle"
    let places: [(x: Double, y: Double, anchor: String, right: Double)] = [
      (end, y - 11, anchor, right), (end, y + 20, anchor, right), (x - 11, y + 4, "end", x - 11),
      (x + 11, y + 4, "start", x + 37),
    ]
    // 2. How many curves go through it.
    let lines = series.map { series in
      series.values.enumerated().compactMap { place, value in
        self.y(value, axis).map { (x: self.x(place), y: $0) }
      }
    }
    func covered(_ place: (x: Double, y: Double, anchor: String, right: Double)) -> Int {
      let across = (place.right - 28)...(place.right + 2)
      let down = (place.y - 11)...(place.y + 4)
      guard across.lowerBound > frame.left, across.upperBound < frame.right + 8,
        down.lowerBound > frame.top - 4, down.upperBound < frame.bottom + 4
      else { return .max }
      return lines.count { line in
        if line.contains(where: { across.contains($0.x) && down.contains($0.y) }) { return true }
        return zip(line, line.dropFirst()).contains { first, second in
          (1..<40).contains { step in
            let share = Double(step) / 40
            return across.contains(first.x + (second.x - first.x) * share)
              && down.contains(first.y + (second.y - first.y) * share)
          }
        }
      }
    }
    let counts = places.map(covered)
    let best = places.indices.min { counts[$0] < counts[$1] } ?? 0
    return (places[best].x, places[best].y, places[best].anchor)
  }

  private var cursor: HTML {
    let dots = series.map { "<circle class=\"dot fill s\($0.colour)\" r=\"4.5\"/>" as HTML }
    return """
      <line class="cursor" x1="0" x2="0" y1="\(Value.place(Self.frame.top))" y2="\(Value.place(Self.frame.bottom))"/>\(dots.joined())
      """
  }

  // MARK: The line below

  private func readout(_ start: Int) -> HTML {
    let entries = series.map { series -> HTML in
      let dash: HTML = series.isDashed ? " dashed" : ""
      return
        "<span><svg class=\"swatch\" viewBox=\"0 0 18 10\" aria-hidden=\"true\"><path class=\"line s\(series.colour)\(dash)\" d=\"M1 5H17\"/></svg>\(series.name) \(data(of: series.values[start]))</span>"
    }
    return """
      <p class="readout"><span class="at">\(labels[start])</span> \(entries.joined(separator: " "))</p>
      """
  }

  private func data(of value: Double) -> HTML {
    "<data value=\"\(Self.digits(value))\">\(text(value))</data>"
  }

  private static func tenths(_ place: Double) -> JSON { .number((place * 10).rounded() / 10) }

  private static func digits(_ value: Double) -> String {
    value.isFinite ? Numbers.short(value) : ""
  }

  /// What the script needs: the same texts as are written here, so that no digit depends on who wrote it.
  private func data(_ axis: Axis, _ start: Int) -> JSON {
    .object([
      "labels": .array(labels.map(JSON.string)),
      "x": .array(labels.indices.map { Self.tenths(x($0)) }),
      "start": .integer(start),
      "series": .array(
        series.map { series in
          .object([
            "y": .array(
              series.values.map { value in y(value, axis).map(Self.tenths) ?? .null }),
            "text": .array(series.values.map { .string(text($0)) }),
            "value": .array(series.values.map { .string(Self.digits($0)) }),
          ])
        }),
    ])
  }
}
