import Declarations

/// A colour: one level for all channels, or one for each.
enum Fill: ParameterValue, Hashable {
  case one(Int)
  case each(Int, Int, Int)

  static var kind: Kind { .either([.integer(0...255), .list(.integer(0...255), count: 3...3)]) }

  init?(_ declared: DeclaredValue) {
    if let level = Int(declared) {
      self = .one(level)
    } else {
      guard let levels = [Int](declared), levels.count == 3 else { return nil }
      self = .each(levels[0], levels[1], levels[2])
    }
  }

  var declared: DeclaredValue {
    switch self {
    case .one(let level): .integer(level)
    case .each(let red, let green, let blue):
      .list([.integer(red), .integer(green), .integer(blue)])
    }
  }

  var colour: (UInt8, UInt8, UInt8) {
    switch self {
    case .one(let level): (UInt8(level), UInt8(level), UInt8(level))
    case .each(let red, let green, let blue): (UInt8(red), UInt8(green), UInt8(blue))
    }
  }
}
