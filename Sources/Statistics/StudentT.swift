import Glibc
import Synchronization

/// Student's t distribution; with infinite degrees of freedom the normal one.
package struct StudentT: Sendable {
  package let degreesOfFreedom: Double

  /// - Parameter degreesOfFreedom: positive, not necessarily whole.
  package init(degreesOfFreedom: Double) {
    precondition(degreesOfFreedom > 0, "degrees of freedom are positive")
    self.degreesOfFreedom = degreesOfFreedom
  }

  /// From here on the normal distribution is the same to 1e-11.
  private var isNormal: Bool { degreesOfFreedom > 1e12 }

  /// The probability of a number up to `t`.
  package func cdf(_ t: Double) -> Double { t < 0 ? tail(-t) : 1 - tail(t) }

  /// The probability of a number above `t`, precise however small it is.
  package func survival(_ t: Double) -> Double { t < 0 ? 1 - tail(-t) : tail(t) }

  /// The probability of a number at least as far from zero as `t`, on either side.
  package func twoSided(_ t: Double) -> Double { min(1, 2 * tail(abs(t))) }

  /// The number that a draw stays below with probability `p`; infinite at 0 and 1.
  package func quantile(_ p: Double) -> Double {
    precondition(p >= 0 && p <= 1, "a probability is from 0 to 1")
    return p > 0.5 ? upperQuantile(1 - p) : -upperQuantile(p)
  }

  /// The number that a draw lies above with probability `p`, precise down to 1e-150.
  package func upperQuantile(_ p: Double) -> Double {
    precondition(p >= 0 && p <= 1, "a probability is from 0 to 1")
    if p > 0.5 { return -upperQuantile(1 - p) }
    if p == 0.5 { return 0 }
    if p == 0 { return .infinity }
    if isNormal { return -Normal.quantile(p) }

    // Newton's steps on the logarithm of the tail, which is close to a line; a bracket keeps them safe.
    var (low, high) = (0.0, 1.0)
    while tail(high) > p {
      low = high
      high *= 2
      if !high.isFinite { return .infinity }
    }
    var t = (low + high) / 2
    for _ in 0..<200 {
      let (gap, slope) = miss(at: t, p)
      if gap > 0 { low = t } else { high = t }
      var next = t + gap / slope
      if !(next > low && next < high) { next = (low + high) / 2 }
      let step = abs(next - t)
      t = next
      if step <= 2e-16 * t { break }
    }
    return t
  }

  /// How many standard errors an interval at the level reaches to either side.
  ///
  /// Kept where it is known: thousands of rows have the same few degrees of freedom, and a quantile takes a dozen
  /// incomplete beta functions.
  func criticalValue(level: Double) -> Double {
    let question = CriticalValue(degreesOfFreedom: degreesOfFreedom, level: level)
    if let known = Self.criticalValues.withLock({ $0[question] }) { return known }
    let value = upperQuantile((1 - level) / 2)
    Self.criticalValues.withLock { known in
      if known.count < Self.mostKept { known[question] = value }
    }
    return value
  }

  private struct CriticalValue: Hashable { let degreesOfFreedom, level: Double }
  private static let criticalValues = Mutex<[CriticalValue: Double]>([:])
  private static let mostKept = 1000

  /// How much too early `t` is, and how fast that falls. Near the middle the mass round zero is the precise
  /// quantity; further out the logarithm of the tail is.
  private func miss(at t: Double, _ p: Double) -> (gap: Double, slope: Double) {
    if p > 0.25 { return ((1 - 2 * p) - tails(t).upper, 2 * density(t)) }
    let tail = tail(t)
    return (log(tail / p), density(t) / tail)
  }

  private func density(_ t: Double) -> Double {
    let a = degreesOfFreedom / 2
    // Γ(a + ½) / (Γ(a) sqrt(2 a π)), its Stirling formulas divided by hand so that large degrees keep their digits.
    let ratio =
      SpecialFunctions.stirlingError(a + 0.5) - SpecialFunctions.stirlingError(a)
      + a * log1p(0.5 / a) - 0.5
    return exp(ratio - (a + 0.5) * log1p(t * t / degreesOfFreedom)) / (2 * Double.pi).squareRoot()
  }

  /// The probability above `t >= 0`.
  private func tail(_ t: Double) -> Double {
    if t.isInfinite { return 0 }
    if isNormal { return Normal.cdf(-t) }
    return 0.5 * tails(t).lower
  }

  /// Of the absolute value: the probability beyond `t` (lower) and below it (upper).
  private func tails(_ t: Double) -> SpecialFunctions.Tails {
    let square = t * t
    let sum = degreesOfFreedom + square
    guard sum.isFinite else { return .none }
    return SpecialFunctions.regularizedBeta(
      degreesOfFreedom / sum, complement: square / sum, degreesOfFreedom / 2, 0.5)
  }
}
