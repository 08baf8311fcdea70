import Glibc

/// Formulas for how often tests claim what is true.
protocol PowerFormulas {
  static func ofDifference(
    _ difference: Double, standardError: Double, degreesOfFreedom: Double, alpha: Double
  ) -> Double

  static func ofEquivalence(
    _ difference: Double, margin: Double, standardError: Double, degreesOfFreedom: Double,
    alpha: Double
  ) -> Double
}

extension Power: PowerFormulas {}

/// Power without integrals: mostly within some hundredths, in a hundredth of the time. It says near which number of
/// seeds to look, and nothing else.
enum RoughPower: PowerFormulas {
  static func ofDifference(
    _ difference: Double, standardError: Double, degreesOfFreedom: Double, alpha: Double
  ) -> Double {
    if standardError == 0 { return difference == 0 ? 0 : 1 }
    return survival(alpha / 2, degreesOfFreedom, noncentrality: abs(difference) / standardError)
  }

  static func ofEquivalence(
    _ difference: Double, margin: Double, standardError: Double, degreesOfFreedom: Double,
    alpha: Double
  ) -> Double {
    if standardError == 0 { return abs(difference) < margin ? 1 : 0 }
    let above = (margin + difference) / standardError
    let below = (margin - difference) / standardError
    return max(
      0,
      survival(alpha, degreesOfFreedom, noncentrality: above)
        + survival(alpha, degreesOfFreedom, noncentrality: below) - 1)
  }

  /// Of the noncentral t, where the central one has `tail` left.
  ///
  /// - Source: Wallace 1959 for the quantile of t, Abramowitz and Stegun 26.7.10 for the noncentral t.
  private static func survival(
    _ tail: Double, _ degreesOfFreedom: Double, noncentrality: Double
  ) -> Double {
    let nu = degreesOfFreedom
    let z = Normal.quantile(tail) * (8 * nu + 3) / (8 * nu + 1)
    let t = (nu * expm1(z * z / nu)).squareRoot()
    let room = noncentrality - t * (1 - 1 / (4 * nu))
    return Normal.cdf(room / (1 + t * t / (2 * nu)).squareRoot())
  }
}
