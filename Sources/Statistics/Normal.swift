import Glibc

/// The standard normal distribution.
package enum Normal {
  /// The probability of a number up to `z`.
  package static func cdf(_ z: Double) -> Double { 0.5 * erfc(-z / 2.0.squareRoot()) }

  /// The number that a normal one stays below with probability `p`; infinite at 0 and 1.
  ///
  /// - Source: a start from Abramowitz and Stegun 26.2.23, then Halley's steps on `erfc`.
  package static func quantile(_ p: Double) -> Double {
    precondition(p >= 0 && p <= 1, "a probability is from 0 to 1")
    if p == 0 { return -.infinity }
    if p == 1 { return .infinity }
    // In the left half, where the distribution function is precise; 1 - p is exact in the right one.
    if p > 0.5 { return -quantile(1 - p) }
    if p == 0.5 { return 0 }
    let w = (-2 * log(p)).squareRoot()
    var z =
      (2.515517 + w * (0.802853 + w * 0.010328))
      / (1 + w * (1.432788 + w * (0.189269 + w * 0.001308))) - w
    for _ in 0..<3 {
      let step = (cdf(z) / p - 1) * p * (2 * Double.pi).squareRoot() * exp(z * z / 2)
      z -= step / (1 + z * step / 2)
    }
    return z
  }
}
