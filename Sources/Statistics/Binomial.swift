import Glibc
import Tensors

/// How many of `count` independent trials succeed.
package struct Binomial: Sendable {
  package let count: Int
  package let probability: Double

  package init(count: Int, probability: Double) {
    precondition(count >= 0, "a number of trials is not negative")
    precondition(probability >= 0 && probability <= 1, "a probability is from 0 to 1")
    self.count = count
    self.probability = probability
  }

  /// The probability of exactly `k` successes.
  package func pmf(_ k: Int) -> Double {
    guard k >= 0 && k <= count else { return 0 }
    return SpecialFunctions.binomialTerm(
      Double(k), of: Double(count), probability, 1 - probability)
  }

  /// The probability of `k` successes or fewer.
  package func cdf(_ k: Int) -> Double { tails(k).lower }

  /// The probability of more than `k` successes, precise however small it is.
  package func survival(_ k: Int) -> Double { tails(k).upper }

  private func tails(_ k: Int) -> SpecialFunctions.Tails {
    if k < 0 { return .none }
    if k >= count { return .all }
    return SpecialFunctions.regularizedBeta(
      1 - probability, complement: probability, Double(count - k), Double(k) + 1)
  }

  /// A number of successes, drawn by inversion from the likeliest number outwards.
  ///
  /// - Draws: one uniform number.
  /// - Complexity: about as many steps as the standard deviation.
  func draw(from stream: inout RandomStream) -> Int {
    if count == 0 || probability == 0 { return 0 }
    if probability == 1 { return count }
    let n = Double(count)
    let odds = probability / (1 - probability)
    let mode = min(n, ((n + 1) * probability).rounded(.down))
    var (low, high) = (mode, mode)
    var left = SpecialFunctions.binomialTerm(mode, of: n, probability, 1 - probability)
    var right = left
    var rest = stream.uniform() - left
    while rest >= 0 {
      // What rounding leaves over at the very end belongs to the mode.
      guard left > 0 || right > 0 else { return Int(mode) }
      if high < n {
        right *= (n - high) / (high + 1) * odds
        high += 1
        rest -= right
        if rest < 0 { return Int(high) }
      } else {
        right = 0
      }
      if low > 0 {
        left *= low / ((n - low + 1) * odds)
        low -= 1
        rest -= left
        if rest < 0 { return Int(low) }
      } else {
        left = 0
      }
    }
    return Int(mode)
  }
}
