/// Looks for the first number of a range for which something holds that holds for all above it, too.
package enum FirstNumber {
  /// The number, or nil where it holds for none.
  ///
  /// - Parameter guess: where to begin.
  /// - Complexity: two trials where the guess or the number above it is the answer, else twice the logarithm of how far
  ///   it is.
  package static func of(
    _ range: ClosedRange<Int>, near guess: Int, where holds: (Int) -> Bool
  ) -> Int? {
    // It does not hold at `low`, and does at `high`; beyond the range that is only supposed.
    var (low, high) = (range.lowerBound - 1, range.upperBound + 1)
    var next = min(max(guess, range.lowerBound), range.upperBound)
    var step = 1
    while high - low > 1 {
      if holds(next) { high = next } else { low = next }
      if high > range.upperBound {
        next = min(low + step, range.upperBound)
      } else if low < range.lowerBound {
        next = max(high - step, range.lowerBound)
      } else {
        next = (low + high) / 2
      }
      step *= 2
    }
    return high > range.upperBound ? nil : high
  }
}
