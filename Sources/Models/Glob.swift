/// A pattern over whole names: `*` stands for any letters, `?` for one; dots are letters like others.
package struct Glob: Sendable, Hashable {
  package let pattern: String
  private let letters: [UInt8]

  package init(_ pattern: String) {
    self.pattern = pattern
    letters = Array(pattern.utf8)
  }

  /// Whether the whole name fits. Linear but for one step back per letter, whatever the pattern.
  package func matches(_ name: String) -> Bool {
    let name = Array(name.utf8)
    var (position, place) = (0, 0)
    var star: (after: Int, position: Int)?
    while position < name.count {
      if place < letters.count, letters[place] == UInt8(ascii: "*") {
        star = (place + 1, position)
        place += 1
      } else if place < letters.count,
        letters[place] == UInt8(ascii: "?") || letters[place] == name[position]
      {
        place += 1
        position += 1
      } else if let last = star {
        // The star takes one letter more.
        star = (last.after, last.position + 1)
        place = last.after
        position = last.position + 1
      } else {
        return false
      }
    }
    return letters[place...].allSatisfy { $0 == UInt8(ascii: "*") }
  }
}
