/// Why a transform cannot be made of its arguments, or cannot stand where it stands.
package enum TransformError: Error, Sendable, Hashable {
  /// It works on pictures and stands after `ToTensor`.
  case needsPicture
  /// It works on tensors and stands before `ToTensor`.
  case needsTensor
  /// The first end of a range lies above the second.
  case reversed(String, Double, Double)
  /// One of a range's ends lies outside what is allowed.
  case outside(String, Double, lower: Double, upper: Double)
  /// A list that should have one value for each channel.
  case perChannel(String, count: Int, channels: Int)
  /// A length that the input is too small for.
  case tooLarge(String, Int, limit: Int)
  /// `max_size` has a meaning only with one length, and must exceed it.
  case maximumNotAbove(Int, size: Int)
  case maximumWithBothSides
  /// A length that must have a middle.
  case even(String, Int)
  /// More pixels than a picture may have.
  case tooManyPixels(String, height: Int, width: Int)
}

extension TransformError {
  /// The argument that is to blame, by name; nil where it is the transform's place.
  package var parameter: String? {
    switch self {
    case .needsPicture, .needsTensor: nil
    case .reversed(let name, _, _), .outside(let name, _, _, _), .perChannel(let name, _, _),
      .tooLarge(let name, _, _), .even(let name, _), .tooManyPixels(let name, _, _):
      name
    case .maximumNotAbove, .maximumWithBothSides: "max_size"
    }
  }

  /// One phrase, as it stands in a diagnostic.
  package var message: String {
    switch self {
    case .needsPicture: "works on pictures, but stands after 'ToTensor'"
    case .needsTensor: "works on tensors, but stands before 'ToTensor'"
    case .reversed(let name, let lower, let upper):
      "'\(name)' must be [min, max] with min at most max, not [\(lower), \(upper)]"
    case .outside(let name, let value, let lower, let upper):
      upper.isFinite
        ? "'\(name)' must be from \(lower) to \(upper), not \(value)"
        : "'\(name)' must be at least \(lower), not \(value)"
    case .perChannel(let name, let count, let channels):
      "'\(name)' must have one value, or one for each of \(channels) channels, not \(count)"
    case .tooLarge(let name, let value, let limit):
      "'\(name)' must be at most \(limit) for pictures of this size, not \(value)"
    case .maximumNotAbove(let value, let size):
      "'max_size' must be greater than 'size', which is \(size), not \(value)"
    case .maximumWithBothSides: "'max_size' must not be given where 'size' has height and width"
    case .even(let name, let value): "'\(name)' must be odd, not \(value)"
    case .tooManyPixels(_, let height, let width):
      "a picture of \(height) x \(width) pixels is larger than any that xrun handles"
    }
  }

  /// One line of what to do.
  package var help: String? {
    switch self {
    case .needsPicture: "move it before 'ToTensor'"
    case .needsTensor: "put 'ToTensor' before it"
    case .reversed: "exchange the two"
    case .outside: "choose a value that lies there"
    case .perChannel(_, _, let channels): "give \(channels) values"
    case .tooLarge: "resize first, or make it smaller"
    case .maximumNotAbove: "leave 'max_size' out, or raise it"
    case .maximumWithBothSides: "leave 'max_size' out"
    case .even(_, let value): "write \(value - 1) or \(value + 1)"
    case .tooManyPixels: "make it smaller"
    }
  }
}
