import Declarations

/// How many pixels are added to the sides of a picture: `4`, `[x, y]` or `[left, top, right, bottom]`.
enum Padding: ParameterValue, Hashable {
  case all(Int)
  case both(across: Int, down: Int)
  case each(left: Int, top: Int, right: Int, bottom: Int)

  private static let length = Kind.integer(0...Size.range.upperBound)

  static var kind: Kind {
    .either([length, .list(length, count: 1...2), .list(length, count: 4...4)])
  }

  init?(_ declared: DeclaredValue) {
    if let length = Int(declared) {
      self = .all(length)
      return
    }
    guard let lengths = [Int](declared) else { return nil }
    switch lengths.count {
    case 1: self = .all(lengths[0])
    case 2: self = .both(across: lengths[0], down: lengths[1])
    case 4: self = .each(left: lengths[0], top: lengths[1], right: lengths[2], bottom: lengths[3])
    default: return nil
    }
  }

  var declared: DeclaredValue {
    switch self {
    case .all(let length): .integer(length)
    case .both(let across, let down): .list([.integer(across), .integer(down)])
    case .each(let left, let top, let right, let bottom):
      .list([.integer(left), .integer(top), .integer(right), .integer(bottom)])
    }
  }

  /// What is added to each row.
  var across: LinePadding {
    switch self {
    case .all(let length): LinePadding(before: length, after: length)
    case .both(let across, _): LinePadding(before: across, after: across)
    case .each(let left, _, let right, _): LinePadding(before: left, after: right)
    }
  }

  /// What is added to each column.
  var down: LinePadding {
    switch self {
    case .all(let length): LinePadding(before: length, after: length)
    case .both(_, let down): LinePadding(before: down, after: down)
    case .each(_, let top, _, let bottom): LinePadding(before: top, after: bottom)
    }
  }

  var isNothing: Bool { across.total == 0 && down.total == 0 }
}

/// Pixels added before and behind a line of them.
struct LinePadding: Hashable {
  var before = 0
  var after = 0

  var total: Int { before + after }
}

/// What the pixels beyond a picture's edge are.
enum PaddingMode: String, ChoiceValue, Hashable {
  case constant, edge, reflect, symmetric

  /// Which pixel of a line a place stands for that may lie outside; -1 for the fill.
  ///
  /// Reflections go on and on where the padding is longer than the line, as numpy's do.
  func index(_ place: Int, in length: Int) -> Int {
    if place >= 0 && place < length { return place }
    switch self {
    case .constant: return -1
    case .edge: return place < 0 ? 0 : length - 1
    case .reflect:
      // A line of one pixel has nothing beside its edge.
      return length == 1 ? 0 : Self.fold(place, period: 2 * (length - 1), length, shift: 0)
    case .symmetric: return Self.fold(place, period: 2 * length, length, shift: 1)
    }
  }

  private static func fold(_ place: Int, period: Int, _ length: Int, shift: Int) -> Int {
    let rest = ((place % period) + period) % period
    return rest < length ? rest : period - shift - rest
  }
}
