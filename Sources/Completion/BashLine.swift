/// A command line as bash's completion sees it: text up to the cursor, and characters that break words.
package struct BashLine {
  /// The words, quotes and backslashes taken off; the last is the one at the cursor, perhaps empty.
  package let words: [String]
  private let breaks: Set<Character>

  package init(_ line: String, breaks: String) {
    self.breaks = Set(breaks).intersection(["=", ":"])
    var words: [String] = []
    var word: String?
    var quote: Character?
    var isEscaped = false
    for character in line {
      if isEscaped {
        word = (word ?? "") + String(character)
        isEscaped = false
      } else if character == "\\", quote != "'" {
        isEscaped = true
      } else if character == quote {
        quote = nil
      } else if quote == nil, character == "'" || character == "\"" {
        quote = character
        word = word ?? ""
      } else if quote == nil, character == " " || character == "\t" {
        if let whole = word { words.append(whole) }
        word = nil
      } else {
        word = (word ?? "") + String(character)
      }
    }
    self.words = words + [word ?? ""]
  }

  /// What bash puts in the place of the piece of the word at the cursor: candidates that start with
  /// it, without what stands before its last break.
  package func replies(_ candidates: [Candidate]) -> [Candidate] {
    let current = words.last ?? ""
    let cut = current.lastIndex { breaks.contains($0) }.map {
      current.distance(from: current.startIndex, to: $0) + 1
    }
    return candidates.compactMap { candidate in
      guard case .word(let text, let doc) = candidate else { return candidate }
      guard text.hasPrefix(current) else { return nil }
      return .word(String(text.dropFirst(cut ?? 0)), doc: doc)
    }
  }
}
