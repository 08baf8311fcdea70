extension Comparison {
  /// For pull requests and notes: the table with all columns, what differs in front since pages are narrow, then the
  /// verdicts as a list.
  package var markdown: String {
    var parts = [table(settingsFirst: true).markdown]
    if let words = ComparisonWords(self) {
      var lines = [Table.escaped(words.header), ""]
      for claim in words.claims {
        let sentence = Table.escaped(claim.sentence)
        let word = sentence.firstRange(of: " " + claim.verdict)
        let marked =
          word.map {
            sentence[..<$0.lowerBound] + " **\(claim.verdict)**" + sentence[$0.upperBound...]
          } ?? sentence[...]
        lines.append("- \(marked) (\(Table.escaped(claim.grounds)))")
      }
      if let rest = words.rest { lines.append("- " + Table.escaped(rest)) }
      parts.append(lines.joined(separator: "\n"))
    }
    if let pictures, pictures.problems.isEmpty {
      let text = PicturePairsText(pictures)
      parts.append(Table.escaped(text.header) + ":")
      parts.append(
        "- " + Table.escaped(text.verdict) + " (" + Table.escaped(text.grounds) + ")"
          + (pictures.notShared == 0 ? "" : "\n- " + Table.escaped(text.notShared)))
      if !pictures.flips.isEmpty { parts.append(text.flips.markdown) }
    }
    let remarks = notes.map { "note: \($0)" } + hiddenText + unfinishedText
    if !remarks.isEmpty {
      parts.append(remarks.map { "- " + Table.escaped($0) }.joined(separator: "\n"))
    }
    return parts.joined(separator: "\n\n")
  }
}
