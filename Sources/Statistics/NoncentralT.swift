import Glibc

/// The distribution of `(Z + δ) / S`: Z is standard normal, S² an independent chi-squared variable divided by its
/// degrees of freedom. A t statistic has it where the true difference is not zero.
///
/// Probabilities down to 1e-10 are precise to about 1e-11 relative, smaller ones to 1e-20 absolute.
package struct NoncentralT: Sendable {
  package let degreesOfFreedom: Double
  /// The true difference in standard errors, `δ`.
  package let noncentrality: Double

  package init(degreesOfFreedom: Double, noncentrality: Double) {
    precondition(degreesOfFreedom > 0, "degrees of freedom are positive")
    self.degreesOfFreedom = degreesOfFreedom
    self.noncentrality = noncentrality
  }

  /// The probability of a number up to `t`.
  package func cdf(_ t: Double) -> Double {
    if t.isInfinite { return t < 0 ? 0 : 1 }
    return ScaledChi(degreesOfFreedom: degreesOfFreedom).mean(
      slope: abs(t), turn: abs(noncentrality)
    ) { s in Normal.cdf(t * s - noncentrality) }
  }

  /// The probability of a number above `t`.
  package func survival(_ t: Double) -> Double {
    if t.isInfinite { return t < 0 ? 1 : 0 }
    return ScaledChi(degreesOfFreedom: degreesOfFreedom).mean(
      slope: abs(t), turn: abs(noncentrality)
    ) { s in Normal.cdf(noncentrality - t * s) }
  }
}

/// The ratio of an estimated to a true standard deviation: the root of a chi-squared variable over its degrees of
/// freedom.
///
/// Integrals over it have positive integrands only, so that nothing cancels, unlike the usual series for the
/// noncentral t (Lenth 1989, AS 243), which loses its tails.
struct ScaledChi {
  let degreesOfFreedom: Double

  /// The mean of a function over the ratios up to `limit`.
  ///
  /// The function is made of `Φ(c ± slope * ratio)` with `|c| <= turn`.
  ///
  /// - Source: Gauss and Legendre's rule over the logarithm of the ratio, in panels in which both factors are smooth.
  func mean(
    slope: Double, turn: Double, upTo limit: Double = .infinity, _ value: (Double) -> Double
  ) -> Double {
    let nu = degreesOfFreedom
    // The estimate is the truth then.
    guard nu < 1e12 else { return limit > 1 ? value(1) : 0 }
    // The density of u = ln S is front * exp(exponent(u)), greatest at 0.
    let front = (nu / Double.pi).squareRoot() * exp(-SpecialFunctions.stirlingError(nu / 2))
    func exponent(_ u: Double) -> Double { nu * (u - expm1(2 * u) / 2) }

    /// Where the exponent has fallen to -60, on the side of `far`.
    func end(_ far: Double) -> Double {
      var (near, far) = (0.0, far)
      while exponent(far) > -60 { (near, far) = (far, 2 * far) }
      for _ in 0..<20 {
        let middle = (near + far) / 2
        if exponent(middle) > -60 { near = middle } else { far = middle }
      }
      return far
    }
    let last = min(end(1e-3), log(limit))
    var start = end(-1e-3)
    var sum = 0.0
    while start < last {
      var panel = min(last - start, 0.5, 2 / nu.squareRoot())
      // Ten standard deviations past its turn, the normal distribution moves no more.
      let here = slope * exp(start)
      if here < turn + 10 { panel = min(panel, 1.5 / here) }
      let centre = start + panel / 2
      for (node, weight) in Self.rule {
        let u = centre + node * panel / 2
        sum += weight * panel / 2 * exp(exponent(u)) * value(exp(u))
      }
      start += panel
    }
    return front * sum
  }

  /// Nodes and weights of Gauss and Legendre's rule with 16 points on [-1, 1], by Newton's method.
  private static let rule: [(node: Double, weight: Double)] = {
    let count = 16
    return (0..<count).map { index in
      var x = cos(Double.pi * (Double(index) + 0.75) / (Double(count) + 0.5))
      var slope = 0.0
      for _ in 0..<20 {
        var (previous, polynomial) = (1.0, x)
        for degree in 2...count {
          let n = Double(degree)
          (previous, polynomial) = (
            polynomial, ((2 * n - 1) * x * polynomial - (n - 1) * previous) / n
          )
        }
        slope = Double(count) * (x * polynomial - previous) / (x * x - 1)
        x -= polynomial / slope
      }
      return (x, 2 / ((1 - x * x) * slope * slope))
    }
  }()
}
