import Glibc
import Tensors

/// How much too good the best epoch looks on the very pictures that it was chosen on.
///
/// The best of several noisy values is, on average, one whose noise was favourable. What all epochs share, such as
/// an easy set of pictures, chooses nothing and is not counted: only noise that differs between epochs is.
package enum SelectionBias {
  /// The noise that simulations draw, in units of its deviation. The same for all curves: who looks at many draws once.
  package struct Draws: Sendable {
    let epochs: Int
    let simulations: Int
    /// One simulation after the other, each with a value for each epoch.
    let noise: [Double]

    /// - Parameter epochs: of the longest curve.
    package init(epochs: Int, simulations: Int = 2000, seed: UInt64 = 0) {
      self.epochs = epochs
      self.simulations = simulations
      var noise: [Double] = []
      noise.reserveCapacity(epochs * simulations)
      for simulation in 0..<simulations {
        var stream = RandomStream(seed: seed, purpose: .resampling, [2, UInt64(simulation)])
        for _ in 0..<epochs { noise.append(stream.normal()) }
      }
      self.noise = noise
    }
  }

  /// Estimated from a curve alone, by simulation; nil without values or where one is not finite.
  ///
  /// 1. Noise: the differences between neighbouring epochs that are no trend, by the median of squared second
  ///    differences (Gasser et al. 1986), so that a steep start does not count. Of a proportion of pictures at most
  ///    the binomial variance. Training itself moves the true values too, which looks the same: where it does, this
  ///    is an upper estimate.
  /// 2. Trend: a line through the neighbours of each epoch (Cleveland 1979, with equal weights).
  /// 3. Bias: the mean of what the best of trend plus noise has above its own trend.
  ///
  /// Averaged over many curves, simulated with flat and rising trends and with noise shared or not, it is within a
  /// quarter of the truth from ten epochs on; a single estimate scatters by a fifth, by two fifths for twelve epochs.
  ///
  /// - Parameters:
  ///   - values: of the metric, one for each epoch, on one split.
  ///   - pictures: how many the split has, where the metric is a proportion of them.
  ///   - draws: of at least as many epochs; nil to draw for this curve.
  package static func estimate(
    _ values: [Double], pictures: Int? = nil, direction: VerdictRule.Direction,
    draws: Draws? = nil
  ) -> Double? {
    guard !values.isEmpty, values.allSatisfy(\.isFinite) else { return nil }
    guard values.count > 1 else { return 0 }
    let curve = direction == .higherIsBetter ? values : values.map { -$0 }
    let trend = trend(curve)
    var variance = noiseVariance(curve)
    if let pictures, pictures > 0, let best = trend.max() {
      // Of the trend: the best value itself has its luck in it already.
      let p = min(1, max(0, abs(best)))
      variance = min(variance, p * (1 - p) / Double(pictures))
    }
    let deviation = variance.squareRoot()
    var sum = 0.0
    let draws = draws ?? Draws(epochs: trend.count)
    precondition(draws.epochs >= trend.count, "there is a draw for each epoch")
    for simulation in 0..<draws.simulations {
      var (best, noise) = (-Double.infinity, 0.0)
      for (epoch, value) in trend.enumerated() {
        let draw = deviation * draws.noise[simulation * draws.epochs + epoch]
        if value + draw > best { (best, noise) = (value + draw, draw) }
      }
      sum += noise
    }
    return max(0, sum / Double(max(1, draws.simulations)))
  }

  /// Estimated from what each epoch got right, picture by picture; nil without epochs or with fewer than two pictures.
  ///
  /// The best epoch of a random half loses its luck on the other half. That is the bias of half the pictures, and
  /// noise falls with the root of their number: divided by the root of 2. Assumes nothing of how epochs depend on
  /// each other.
  ///
  /// - Parameter outcomes: for each epoch, for each picture, whether it was right.
  /// - Complexity: epochs times pictures times splits.
  package static func estimate(
    outcomes: [[Bool]], splits: Int = 200, seed: UInt64 = 0
  ) -> Double? {
    guard let pictures = outcomes.first?.count, pictures > 1 else { return nil }
    precondition(
      outcomes.allSatisfy { $0.count == pictures }, "every epoch saw the same pictures")
    let totals = outcomes.map { $0.count { $0 } }
    let half = pictures / 2
    var sum = 0.0
    for split in 0..<splits {
      var stream = RandomStream(seed: seed, purpose: .resampling, [3, UInt64(split)])
      let chosen = Array(stream.permutation(pictures).prefix(half))
      let inside = outcomes.map { epoch in chosen.count { epoch[$0] } }
      let outside = zip(totals, inside).map { $0 - $1 }
      let (a, b) = (Double(half), Double(pictures - half))
      // Each half chooses once; the first of equals, as training does.
      if let best = firstBest(inside) {
        sum += Double(inside[best]) / a - Double(outside[best]) / b
      }
      if let best = firstBest(outside) {
        sum += Double(outside[best]) / b - Double(inside[best]) / a
      }
    }
    return max(0, sum / Double(max(1, 2 * splits)) / 2.0.squareRoot())
  }

  private static func firstBest(_ counts: [Int]) -> Int? {
    counts.max().flatMap { counts.firstIndex(of: $0) }
  }

  /// Of what differs between neighbouring epochs beyond a line.
  private static func noiseVariance(_ curve: [Double]) -> Double {
    guard curve.count > 2 else {
      return (curve[1] - curve[0]) * (curve[1] - curve[0]) / 2
    }
    let squares = (1..<(curve.count - 1)).map { index in
      let bend = curve[index + 1] - 2 * curve[index] + curve[index - 1]
      return bend * bend
    }.sorted()
    let middle = squares.count / 2
    let median =
      squares.count % 2 == 1 ? squares[middle] : (squares[middle - 1] + squares[middle]) / 2
    // A second difference of independent noise has six times its variance; the median of a squared standard normal
    // number is the square of its third quartile.
    let quartile = Normal.quantile(0.75)
    return median / (6 * quartile * quartile)
  }

  /// The curve without its noise: at each epoch a line through the neighbours on both sides.
  private static func trend(_ curve: [Double]) -> [Double] {
    let reach = max(4, curve.count / 4)
    return curve.indices.map { centre in
      let window = max(0, centre - reach)...min(curve.count - 1, centre + reach)
      let n = Double(window.count)
      let middle = Double(window.lowerBound + window.upperBound) / 2
      let mean = window.reduce(0) { $0 + curve[$1] } / n
      let (product, square) = window.reduce((0.0, 0.0)) { sums, index in
        let x = Double(index) - middle
        return (sums.0 + x * (curve[index] - mean), sums.1 + x * x)
      }
      return mean + (square == 0 ? 0 : product / square * (Double(centre) - middle))
    }
  }
}
