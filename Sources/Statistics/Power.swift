import Glibc

/// How often a test would claim what is true.
package enum Power {
  /// Of the two-sided t test, paired or Welch.
  ///
  /// - Parameters:
  ///   - difference: the true one.
  ///   - standardError: the true one of the estimate.
  ///   - alpha: how often the test may claim a difference where there is none.
  /// - Source: both tails of the noncentral t, Cohen 1988, section 2.5. Exact for pairs and for equal spreads; for
  ///   others as good as Satterthwaite's degrees of freedom.
  package static func ofDifference(
    _ difference: Double, standardError: Double, degreesOfFreedom: Double, alpha: Double
  ) -> Double {
    precondition(alpha > 0 && alpha < 1, "an error rate is between 0 and 1")
    if standardError == 0 { return difference == 0 ? 0 : 1 }
    let limit = StudentT(degreesOfFreedom: degreesOfFreedom).upperQuantile(alpha / 2)
    let distribution = NoncentralT(
      degreesOfFreedom: degreesOfFreedom, noncentrality: difference / standardError)
    return min(1, distribution.survival(limit) + distribution.cdf(-limit))
  }

  /// Of two one-sided tests for a difference within the margin.
  ///
  /// - Source: given the ratio of estimated to true deviation, the estimate must fall into an interval that shrinks
  ///   with it; the mean over the ratio. Equal to Owen's Q functions (Phillips 1990).
  package static func ofEquivalence(
    _ difference: Double, margin: Double, standardError: Double, degreesOfFreedom: Double,
    alpha: Double
  ) -> Double {
    precondition(alpha > 0 && alpha < 1, "an error rate is between 0 and 1")
    if standardError == 0 { return abs(difference) < margin ? 1 : 0 }
    let limit = StudentT(degreesOfFreedom: degreesOfFreedom).upperQuantile(alpha)
    let (room, shift) = (margin / standardError, difference / standardError)
    guard room > 0, limit > 0 else { return 0 }
    let power = ScaledChi(degreesOfFreedom: degreesOfFreedom).mean(
      slope: limit, turn: room + abs(shift), upTo: room / limit
    ) { s in
      Normal.cdf(room - shift - limit * s) - Normal.cdf(limit * s - room - shift)
    }
    return min(1, max(0, power))
  }
}
