/// The difference of two shares over unrelated pictures: the first minus the second.
///
/// - Source: the hybrid score interval of Newcombe 1998, "Interval estimation for the difference between independent
///   proportions", method 10, which puts two of Wilson's intervals together.
package struct ProportionDifference: Sendable, Equatable {
  package let first: Proportion
  package let second: Proportion

  package init(_ first: Proportion, _ second: Proportion) {
    self.first = first
    self.second = second
  }

  /// Nil where one has no pictures.
  package var estimate: Double? {
    guard let a = first.value, let b = second.value else { return nil }
    return a - b
  }

  /// The difference is above the lower end, and it is below the upper end, each at the level; nil where one has no
  /// pictures.
  package func bounds(level: Double) -> Interval? {
    precondition(level > 0.5 && level < 1, "a one-sided level is above one half")
    guard let estimate, let a = first.value, let b = second.value,
      let own = first.interval(level: 2 * level - 1),
      let other = second.interval(level: 2 * level - 1)
    else { return nil }
    func length(_ x: Double, _ y: Double) -> Double { (x * x + y * y).squareRoot() }
    return Interval(
      estimate - length(a - own.lower, other.upper - b),
      estimate + length(own.upper - a, b - other.lower))
  }
}
