import Diagnostics
import Runs

extension Comparison {
  /// The most rows that are told in sentences; the table has the word for the others.
  static let mostSentences = 12

  /// The table and, below it, what is real, what the pictures say, and what to know.
  ///
  /// - Parameter plots: whether to draw a small curve of the metric for each row.
  package func text(width: Int, isColoured: Bool = false, plots: Bool = false) -> String {
    let paint = Paint(isColoured: isColoured)
    var parts = [table.text(width: width)]
    if plots { parts.append(curves()) }
    if let words = ComparisonWords(self) {
      var lines = Wrapped.lines(words.header, width: width)
      for claim in words.claims {
        let sentence = Wrapped.lines(claim.sentence, width: width, indent: 2, hanging: 4)
        lines += sentence.map { paint.word($0, claim.verdict) }
        lines += Wrapped.lines(claim.grounds, width: width, indent: 4, hanging: 4)
      }
      if let rest = words.rest { lines += Wrapped.lines(rest, width: width, indent: 2) }
      parts.append(lines.joined(separator: "\n"))
    }
    if let pictures, pictures.problems.isEmpty {
      parts.append(PicturePairsText(pictures).text(width: width))
    }
    let remarks = notes.map { "note: \($0)" } + hiddenText + unfinishedText
    if !remarks.isEmpty {
      parts.append(
        remarks.flatMap { Wrapped.lines($0, width: width, hanging: 2) }.joined(separator: "\n"))
    }
    return parts.joined(separator: "\n\n")
  }

  package var hiddenText: [String] {
    hidden == 0
      ? [] : ["(\(Counted.of(hidden, "row")) not shown: --filter or --top)"]
  }

  package var unfinishedText: [String] {
    guard !unfinished.isEmpty else { return [] }
    let names = unfinished.prefix(20).map {
      "\($0.folder.name) (\($0.state == .completed ? "no metrics" : $0.state?.rawValue ?? "no run.json"))"
    }
    let more = unfinished.count > 20 ? " and \(unfinished.count - 20) more" : ""
    return ["(not compared: \(names.joined(separator: ", "))\(more))"]
  }

  // MARK: Curves

  /// A curve of the metric for each row, the mean over its runs, all on one scale.
  private func curves() -> String {
    let means = groups.map { GroupCurve($0, metric).means }
    let finite = means.joined().filter(\.isFinite)
    guard let least = finite.min(), let most = finite.max() else {
      return Table.printable("no curve: \(metric.name) has no value for each epoch")
    }
    let labels = groups.map { Table.printable($0.label) }
    let width = labels.map(DisplayWidth.of).max() ?? 0
    let lines = zip(labels, means).map { label, values in
      "  " + label + String(repeating: " ", count: width - DisplayWidth.of(label) + 2)
        + (values.isEmpty ? "-" : Sparkline.text(values, from: least, to: most))
    }
    let range = "from \(Numbers.fixed(least, 4)) to \(Numbers.fixed(most, 4))"
    let head = "\(metric.name) by epoch, \(range)"
    return ([Table.printable(head)] + lines).joined(separator: "\n")
  }
}

/// Colours, where there are any.
struct Paint {
  let isColoured: Bool

  /// The line with the verdict's word in its colour.
  func word(_ line: String, _ verdict: String) -> String {
    guard isColoured, let colour = ["better": "32", "worse": "31", "equivalent": "36"][verdict],
      let place = line.firstRange(of: " " + verdict)
    else { return line }
    return line[..<place.lowerBound] + " \u{1B}[1;\(colour)m\(verdict)\u{1B}[0m"
      + line[place.upperBound...]
  }
}

/// Sentences over several lines.
enum Wrapped {
  /// - Parameters:
  ///   - indent: of the first line.
  ///   - hanging: of the others.
  static func lines(_ text: String, width: Int, indent: Int = 0, hanging: Int = 0) -> [String] {
    var lines: [String] = []
    var line = String(repeating: " ", count: indent)
    var isEmpty = true
    for word in Table.printable(text).split(separator: " ") {
      if !isEmpty, DisplayWidth.of(line) + 1 + DisplayWidth.of(String(word)) > width {
        lines.append(line)
        line = String(repeating: " ", count: hanging)
        isEmpty = true
      }
      line += (isEmpty ? "" : " ") + word
      isEmpty = false
    }
    return isEmpty ? lines : lines + [line]
  }
}
