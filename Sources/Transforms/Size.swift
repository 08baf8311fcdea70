import Declarations

/// A length, or a height and a width: `64`, `[64]` or `[48, 64]`.
package enum Size: ParameterValue, Hashable {
  case one(Int)
  case both(height: Int, width: Int)

  /// Lengths beyond this are mistakes.
  static let range = 1...16384

  package static var kind: Kind {
    .either([.integer(range), .list(.integer(range), count: 1...2)])
  }

  package init?(_ declared: DeclaredValue) {
    if let length = Int(declared) {
      self = .one(length)
    } else {
      guard let lengths = [Int](declared) else { return nil }
      switch lengths.count {
      case 1: self = .one(lengths[0])
      case 2: self = .both(height: lengths[0], width: lengths[1])
      default: return nil
      }
    }
  }

  package var declared: DeclaredValue {
    switch self {
    case .one(let length): .integer(length)
    case .both(let height, let width): .list([.integer(height), .integer(width)])
    }
  }

  /// The size where one length means a square.
  var square: (height: Int, width: Int) {
    switch self {
    case .one(let length): (length, length)
    case .both(let height, let width): (height, width)
    }
  }
}
