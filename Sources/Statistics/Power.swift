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
    // Either sign has the same power.
    let shift = abs(difference) / standardError
    let distribution = NoncentralT(degreesOfFreedom: degreesOfFreedom, noncentrality: shift)
    let near = distribution.survival(limit)
    // Claims of the wrong sign are at most this likely: mostly too little to change a digit.
    let farAtMost = alpha / 2 * exp(-shift * shift / 2)
    guard farAtMost >= near * Double.ulpOfOne / 4 else { return min(1, near) }
    return min(1, near + distribution.cdf(-limit))
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

  /// Of the one-sided test that a drop on the same pictures is above a bound.
  ///
  /// - Parameters:
  ///   - lost: the true share of pictures that only the first classifier gets right.
  ///   - gained: the true share of those that only the second gets right; the true drop is `lost - gained`.
  ///   - count: of pictures.
  ///   - bound: the drop that is allowed.
  /// - Source: exact: the sum over all outcomes that the test claims something of.
  package static func ofDrop(
    lost: Double, gained: Double, count: Int, bound: Double, alpha: Double
  ) -> Double {
    precondition(alpha > 0 && alpha < 1, "an error rate is between 0 and 1")
    precondition(min(lost, gained) >= 0 && lost + gained <= 1, "shares are parts of all pictures")
    let differing = Binomial(count: count, probability: lost + gained)
    let share = lost + gained == 0 ? 0 : lost / (lost + gained)
    var power = 0.0
    for flips in 0...count {
      let chance = differing.pmf(flips)
      guard chance > 1e-16 else { continue }
      // Of that many flips, the fewest losses that the test claims a drop of; it claims it of all above.
      var (low, high) = (-1, flips + 1)
      while high - low > 1 {
        let middle = (low + high) / 2
        let p = PairedDrop.tail(
          lost: Double(middle), gained: Double(flips - middle), count: Double(count), bound)
        if p <= alpha { high = middle } else { low = middle }
      }
      guard high <= flips else { continue }
      power += chance * Binomial(count: flips, probability: share).survival(high - 1)
    }
    return min(1, power)
  }
}
