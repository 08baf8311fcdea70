/// A range of numbers.
package struct Interval: Sendable, Equatable {
  package let lower: Double
  package let upper: Double

  package init(_ lower: Double, _ upper: Double) {
    self.lower = lower
    self.upper = upper
  }

  package func contains(_ value: Double) -> Bool { lower <= value && value <= upper }
}

/// What a group of values says of the numbers that it was drawn from, such as one metric over several seeds.
///
/// A value that is not finite makes everything that it enters nil: a run that diverged has no mean.
package struct Summary: Sendable, Equatable {
  /// How many values there are.
  package let count: Int
  /// Nil without values.
  package let mean: Double?
  /// Of the sample, with `n - 1`; nil for fewer than two values, exactly 0 where all are the same.
  package let standardDeviation: Double?

  package init(_ values: [Double]) {
    count = values.count
    guard let first = values.first, values.allSatisfy(\.isFinite) else {
      mean = nil
      standardDeviation = nil
      return
    }
    // From the first value on: equal values give their own mean and no deviation, to the last bit.
    let n = Double(values.count)
    let shift = values.reduce(0) { $0 + ($1 - first) } / n
    let mean = first + shift
    guard mean.isFinite else {
      self.mean = nil
      standardDeviation = nil
      return
    }
    self.mean = mean
    guard values.count > 1 else {
      standardDeviation = nil
      return
    }
    let squares = values.reduce(0) { $0 + ($1 - first - shift) * ($1 - first - shift) }
    let deviation = (squares / (n - 1)).squareRoot()
    standardDeviation = deviation.isFinite ? deviation : nil
  }

  /// The standard deviation of the mean; nil for fewer than two values.
  package var standardError: Double? {
    standardDeviation.map { $0 / Double(count).squareRoot() }
  }

  /// Where the true mean lies at the given level, by Student's t: nil for fewer than two values, a point where all
  /// are the same.
  package func interval(level: Double = 0.95) -> Interval? {
    precondition(level > 0 && level < 1, "a level is between 0 and 1")
    guard let mean, let standardError else { return nil }
    let t = StudentT(degreesOfFreedom: Double(count - 1)).criticalValue(level: level)
    return Interval(mean - t * standardError, mean + t * standardError)
  }
}
