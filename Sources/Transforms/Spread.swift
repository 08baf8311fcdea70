import Declarations

/// A range to draw from: a number that stands for both sides of a centre, or `[min, max]`.
package enum Spread: ParameterValue, Hashable {
  case around(Double)
  case between(Double, Double)

  package static var kind: Kind {
    .either([.number(.nonnegative), .list(.number(.any), count: 2...2)])
  }

  package init?(_ declared: DeclaredValue) {
    if let value = declared.double {
      self = .around(value)
    } else {
      guard let ends = [Double](declared), ends.count == 2 else { return nil }
      self = .between(ends[0], ends[1])
    }
  }

  package var declared: DeclaredValue {
    switch self {
    case .around(let value): .number(value)
    case .between(let lower, let upper): .list([.number(lower), .number(upper)])
    }
  }

  /// The range itself, or nil where it holds nothing but the centre.
  ///
  /// - Parameter floor: what a range around a centre is cut off at; `bounds` are for ranges as written.
  func range(
    _ name: String, center: Double, floor: Double = -.infinity,
    bounds: ClosedRange<Double> = -.infinity ... .infinity
  ) throws(TransformError) -> ClosedRange<Double>? {
    let lower: Double
    let upper: Double
    switch self {
    case .around(let value):
      lower = max(floor, center - value)
      upper = center + value
    case .between(let first, let second):
      lower = first
      upper = second
    }
    guard lower <= upper else { throw .reversed(name, lower, upper) }
    for end in [lower, upper] where !bounds.contains(end) {
      let shown: Double = if case .around(let value) = self { value } else { end }
      throw .outside(
        name, shown, lower: shown == end ? bounds.lowerBound : 0, upper: bounds.upperBound)
    }
    return lower == center && upper == center ? nil : lower...upper
  }
}
