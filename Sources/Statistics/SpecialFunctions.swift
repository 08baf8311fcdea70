import Glibc

/// Functions that distributions are made of, to about 1e-13 relative, tails included.
package enum SpecialFunctions {
  /// A probability and what it lacks of 1, each as precise as if it alone had been asked for.
  package struct Tails: Sendable, Equatable {
    package let lower: Double
    package let upper: Double

    static let none = Tails(lower: 0, upper: 1)
    static let all = Tails(lower: 1, upper: 0)
    var reversed: Tails { Tails(lower: upper, upper: lower) }
  }

  /// The regularized incomplete beta function `I_x(a, b)`.
  ///
  /// - Parameters:
  ///   - x: from 0 to 1.
  ///   - complement: `1 - x`, given because near 1 a subtraction would lose it.
  /// - Complexity: about `sqrt(max(a, b))` terms.
  /// - Source: DLMF 8.17.22 as a continued fraction by Lentz's algorithm in Thompson and Barnett 1986; factor in
  ///   front of it after Loader 2000.
  package static func regularizedBeta(
    _ x: Double, complement: Double, _ a: Double, _ b: Double
  ) -> Tails {
    precondition(a > 0 && b > 0, "parameters of the beta function are positive")
    guard x > 0 else { return .none }
    guard complement > 0 else { return .all }
    // The fraction converges fast on one side of the mean; the other is its mirror.
    guard x <= (a + 1) / (a + b + 2) else {
      return regularizedBeta(complement, complement: x, b, a).reversed
    }
    // x^a (1 - x)^b / B(a, b): by logarithms of gamma functions ten digits would be left where a is 100,000.
    let front = a * b / (a + b) * binomialTerm(a, of: a + b, x, complement)
    let lower = min(1, front * betaFraction(x, a, b) / a)
    return Tails(lower: lower, upper: 1 - lower)
  }

  /// The regularized incomplete gamma functions `P(a, x)` (lower) and `Q(a, x)` (upper).
  ///
  /// - Complexity: about `sqrt(a)` terms.
  /// - Source: DLMF 8.11.4 (series) and 8.9.2 (continued fraction).
  package static func regularizedGamma(_ a: Double, _ x: Double) -> Tails {
    precondition(a > 0, "the parameter of the gamma function is positive")
    guard x > 0 else { return .none }
    guard x.isFinite else { return .all }
    let front = poissonTerm(a, x)
    if x < a + 1 {
      var (term, sum, n) = (1.0, 1.0, a)
      repeat {
        n += 1
        term *= x / n
        sum += term
      } while term > sum * 1e-17
      let lower = min(1, front * sum)
      return Tails(lower: lower, upper: 1 - lower)
    }
    var fraction = Lentz(x + 1 - a)
    var n = 0.0
    repeat {
      n += 1
      fraction.add(n * (a - n), x + 2 * n + 1 - a)
    } while fraction.isMoving
    let upper = min(1, front * a / fraction.value)
    return Tails(lower: 1 - upper, upper: upper)
  }

  /// `C(n, k) p^k q^(n-k)` for any real `0 <= k <= n`, relative error near machine precision.
  ///
  /// - Source: Loader 2000, "Fast and accurate computation of binomial probabilities".
  static func binomialTerm(_ k: Double, of n: Double, _ p: Double, _ q: Double) -> Double {
    if n == 0 { return 1 }
    if p == 0 { return k == 0 ? 1 : 0 }
    if q == 0 { return k == n ? 1 : 0 }
    // The smaller probability is the precise one: its logarithm's complement is taken from it.
    if k == 0 { return exp(n * (p < q ? log1p(-p) : log(q))) }
    if k == n { return exp(n * (q < p ? log1p(-q) : log(p))) }
    let exponent =
      stirlingError(n) - stirlingError(k) - stirlingError(n - k)
      - deviance(k, n * p) - deviance(n - k, n * q)
    return (n / (2 * Double.pi * k * (n - k))).squareRoot() * exp(exponent)
  }

  /// `mean^k e^(-mean) / Γ(k + 1)` for any real `k > 0`.
  private static func poissonTerm(_ k: Double, _ mean: Double) -> Double {
    exp(-stirlingError(k) - deviance(k, mean)) / (2 * Double.pi * k).squareRoot()
  }

  /// What Stirling's formula lacks of `ln Γ(n + 1)`.
  static func stirlingError(_ n: Double) -> Double {
    guard n >= 16 else {
      return logGamma(n + 1) - (n + 0.5) * log(n) + n - 0.5 * log(2 * Double.pi)
    }
    let square = n * n
    return
      (1.0 / 12 - (1.0 / 360 - (1.0 / 1260 - (1.0 / 1680 - 1.0 / 1188 / square) / square) / square)
        / square)
      / n
  }

  /// `x ln(x / mean) + mean - x`, without the cancellation where both are close.
  private static func deviance(_ x: Double, _ mean: Double) -> Double {
    let gap = x - mean
    guard abs(gap) < 0.1 * (x + mean) else { return x * log(x / mean) - gap }
    let v = gap / (x + mean)
    var sum = gap * v
    var power = 2 * x * v
    var n = 1.0
    while true {
      power *= v * v
      n += 2
      let next = sum + power / n
      if next == sum { return sum }
      sum = next
    }
  }

  /// glibc's `lgamma` writes the sign to a global variable; this one does not.
  private static func logGamma(_ x: Double) -> Double {
    var sign: Int32 = 0
    return lgamma_r(x, &sign)
  }

  private static func betaFraction(_ x: Double, _ a: Double, _ b: Double) -> Double {
    var fraction = Lentz(1)
    fraction.add(-(a + b) * x / (a + 1), 1)
    var m = 0.0
    repeat {
      m += 1
      let place = a + 2 * m
      fraction.add(m * (b - m) * x / ((place - 1) * place), 1)
      fraction.add(-(a + m) * (a + b + m) * x / (place * (place + 1)), 1)
    } while fraction.isMoving
    return 1 / fraction.value
  }

  /// `b0 + a1 / (b1 + a2 / (b2 + …))` from the front.
  private struct Lentz {
    private(set) var value: Double
    private var numerator: Double
    private var denominator = 0.0
    private var change = 0.0
    private var terms = 0

    init(_ b0: Double) {
      value = b0
      numerator = b0
    }

    /// Bounded, so that no argument can make it endless: the slowest in use need some thousand terms.
    var isMoving: Bool { abs(change - 1) > 1e-16 && terms < 10_000_000 }

    mutating func add(_ a: Double, _ b: Double) {
      denominator = 1 / Self.awayFromZero(b + a * denominator)
      numerator = Self.awayFromZero(b + a / numerator)
      change = numerator * denominator
      value *= change
      terms += 1
    }

    private static func awayFromZero(_ value: Double) -> Double {
      abs(value) < 1e-290 ? 1e-290 : value
    }
  }
}
