/// What makes a class: the features that all flowers of a kind share, whatever their size, light and surroundings.
package struct FlowerKind: Hashable, Sendable {
  /// A petal's form.
  package enum Outline: String, CaseIterable, Sendable {
    case round, pointed, lance, strap, spoon, kite, toothed, ruffled, waisted, heart, fringed, cleft
  }

  /// Where a petal shows its second colour.
  package enum Marking: String, CaseIterable, Sendable {
    case plain, veined, striped, spotted, edged, eyed, tipped, banded, freckled, halved
  }

  /// How the petals stand.
  package enum Arrangement: String, CaseIterable, Sendable {
    case single, double, rosette, pinwheel, orchid, alternate, umbel, fan
  }

  /// What is in the middle.
  package enum Heart: String, CaseIterable, Sendable {
    case button, disc, stamens, trumpet, star, throat
  }

  /// The main colour, within wide limits.
  package enum Family: String, CaseIterable, Sendable {
    case rose, lilac, gold, coral, snow, azure, crimson
  }

  package let count: Int
  package let outline: Outline
  package let marking: Marking
  package let arrangement: Arrangement
  package let heart: Heart
  package let family: Family

  package init(
    _ count: Int, _ outline: Outline, _ marking: Marking, _ arrangement: Arrangement,
    _ heart: Heart, _ family: Family
  ) {
    self.count = count
    self.outline = outline
    self.marking = marking
    self.arrangement = arrangement
    self.heart = heart
    self.family = family
  }

  /// A name for people, such as "five-petalled striped lilac pinwheel"; different for different kinds.
  package var name: String {
    var words = ["\(Self.numerals[count] ?? String(count))-petalled"]
    if arrangement == .alternate { words.append("uneven") }
    if marking != .plain { words.append(marking.rawValue) }
    if outline != .round { words.append(Self.adjective(for: outline)) }
    words.append(family.rawValue)
    if arrangement != .single, arrangement != .alternate { words.append(arrangement.rawValue) }
    if heart != .button { words.append("with \(heart.rawValue)") }
    return words.joined(separator: " ")
  }

  private static func adjective(for outline: Outline) -> String {
    switch outline {
    case .lance: return "slender"
    case .strap: return "ribboned"
    case .spoon: return "spooned"
    case .kite: return "diamond"
    case .heart: return "notched"
    case .cleft: return "forked"
    case .round, .pointed, .toothed, .ruffled, .waisted, .fringed: return outline.rawValue
    }
  }

  private static let numerals = [
    3: "three", 4: "four", 5: "five", 6: "six", 7: "seven", 8: "eight", 10: "ten", 13: "thirteen",
    16: "sixteen",
  ]
}
