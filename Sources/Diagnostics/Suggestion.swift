/// What a misspelt name was probably meant to be.
package enum Suggestion {
  /// The closest choice, or nil where none is close for its length; the earlier one wins a tie.
  ///
  /// A choice that differs only in case, `-`, `_` or spaces is always close. Otherwise one slip (a
  /// letter missing, added, changed, or two swapped) is borne from three letters on, two from six,
  /// three from nine.
  package static func closest(to name: String, among choices: [String]) -> String? {
    guard name.utf8.count <= 64 else { return nil }
    let folded = fold(name)
    if let same = choices.first(where: { fold($0) == folded }), !folded.isEmpty { return same }
    let lowered = Array(name.lowercased())
    var best: (choice: String, distance: Int)?
    for choice in choices {
      let other = Array(choice.lowercased())
      let length = max(lowered.count, other.count)
      let limit = length < 3 ? 0 : length < 6 ? 1 : length < 9 ? 2 : 3
      guard abs(lowered.count - other.count) <= limit else { continue }
      let distance = editDistance(lowered, other)
      if distance <= limit, distance < best?.distance ?? .max { best = (choice, distance) }
    }
    return best?.choice
  }

  /// The fewest letters to add, drop, change or swap with a neighbour that lead from one to the other.
  package static func editDistance(_ left: [Character], _ right: [Character]) -> Int {
    if left.isEmpty || right.isEmpty { return max(left.count, right.count) }
    var beforeLast = [Int](repeating: 0, count: right.count + 1)
    var last = Array(0...right.count)
    for row in 1...left.count {
      var current = [row] + [Int](repeating: 0, count: right.count)
      for column in 1...right.count {
        let change = left[row - 1] == right[column - 1] ? 0 : 1
        var distance = min(
          last[column] + 1, current[column - 1] + 1, last[column - 1] + change)
        if row > 1, column > 1, left[row - 1] == right[column - 2],
          left[row - 2] == right[column - 1]
        {
          distance = min(distance, beforeLast[column - 2] + 1)
        }
        current[column] = distance
      }
      (beforeLast, last) = (last, current)
    }
    return last[right.count]
  }

  /// The label under the carets: `did you mean 'padding'?`, or nothing.
  package static func label(for name: String, among choices: [String]) -> String {
    closest(to: name, among: choices).map { "did you mean '\($0)'?" } ?? ""
  }

  /// Names in quotes as a list in a sentence: `'a', 'b' and 'c'`.
  package static func list(_ names: [String], joinedBy word: String = "and") -> String {
    let quoted = names.map { "'\($0)'" }
    guard quoted.count > 1, let last = quoted.last else { return quoted.first ?? "" }
    return quoted.dropLast().joined(separator: ", ") + " \(word) \(last)"
  }

  /// Few enough to be listed in one line.
  package static func isFew(_ names: [String]) -> Bool {
    !names.isEmpty && names.count <= 14
  }

  private static func fold(_ name: String) -> String {
    name.lowercased().filter { $0 != "-" && $0 != "_" && $0 != " " }
  }
}
