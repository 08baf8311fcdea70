/// Whether a network's confidence is how often it is right.
///
/// - Source: Guo et al. 2017, arXiv:1706.04599, section 2: bins of equal width, `(k / bins, (k + 1) / bins]`.
package struct Calibration: Sendable, Equatable {
  /// The pictures whose confidence falls into one range.
  package struct Bin: Sendable, Equatable {
    /// The confidences: above the lower end, up to the upper one; the first bin holds 0 as well.
    package let range: Interval
    package let count: Int
    /// Nil for an empty bin.
    package let meanConfidence: Double?
    /// Nil for an empty bin.
    package let accuracy: Double?

    /// How much surer the network is than right; 0 for an empty bin.
    package var gap: Double { (meanConfidence ?? 0) - (accuracy ?? 0) }
  }

  package let bins: [Bin]

  /// - Parameters:
  ///   - confidences: the probability of each picture's predicted class.
  ///   - correct: whether that class is the picture's own, in the same order.
  /// - Returns: nil where a confidence is not from 0 to 1.
  package init?(confidences: [Double], correct: [Bool], bins count: Int = 15) {
    precondition(confidences.count == correct.count, "each picture has a confidence and an outcome")
    precondition(count > 0, "there is a bin")
    guard confidences.allSatisfy({ $0 >= 0 && $0 <= 1 }) else { return nil }
    let edges = (0...count).map { Double($0) / Double(count) }
    var counts = [Int](repeating: 0, count: count)
    var rights = counts
    var sums = [Double](repeating: 0, count: count)
    for (confidence, isCorrect) in zip(confidences, correct) {
      // The product may be rounded across an edge; the edges themselves decide.
      var bin = min(count - 1, Int(confidence * Double(count)))
      if bin > 0 && confidence <= edges[bin] { bin -= 1 }
      if confidence > edges[bin + 1] { bin += 1 }
      counts[bin] += 1
      rights[bin] += isCorrect ? 1 : 0
      sums[bin] += confidence
    }
    bins = (0..<count).map { bin in
      let n = Double(counts[bin])
      return Bin(
        range: Interval(edges[bin], edges[bin + 1]), count: counts[bin],
        meanConfidence: n == 0 ? nil : sums[bin] / n,
        accuracy: n == 0 ? nil : Double(rights[bin]) / n)
    }
  }

  /// The expected calibration error: the mean size of the bins' gaps over the pictures; nil without pictures.
  package var expectedError: Double? {
    let pictures = bins.reduce(0) { $0 + $1.count }
    guard pictures > 0 else { return nil }
    return bins.reduce(0) { $0 + Double($1.count) * abs($1.gap) } / Double(pictures)
  }

  /// The largest gap of a bin; nil without pictures.
  package var maximumError: Double? {
    bins.filter { $0.count > 0 }.map { abs($0.gap) }.max()
  }
}
