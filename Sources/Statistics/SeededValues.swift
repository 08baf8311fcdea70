/// One configuration's values of a metric, one for each seed.
///
/// Two runs of one seed are no two draws, the same experiment and seed give the same bytes: where a seed comes
/// several times, its values enter as their mean.
package struct SeededValues: Sendable, Equatable {
  /// Ascending, each once.
  package let seeds: [UInt64]
  /// In the order of the seeds.
  package let values: [Double]

  package init(_ runs: [(seed: UInt64, value: Double)]) {
    // Mostly they come in this order.
    var sorted = runs
    if zip(runs, runs.dropFirst()).contains(where: { $0.seed > $1.seed }) {
      // Values of one seed stay in the order given.
      sorted = runs.enumerated().sorted {
        ($0.element.seed, $0.offset) < ($1.element.seed, $1.offset)
      }.map(\.element)
    }
    var (seeds, values): ([UInt64], [Double]) = ([], [])
    seeds.reserveCapacity(sorted.count)
    values.reserveCapacity(sorted.count)
    var start = 0
    while start < sorted.count {
      let seed = sorted[start].seed
      let end = sorted[start...].firstIndex { $0.seed != seed } ?? sorted.count
      seeds.append(seed)
      values.append(Summary(sorted[start..<end].map(\.value)).mean ?? .nan)
      start = end
    }
    self.seeds = seeds
    self.values = values
  }

  package var summary: Summary { Summary(values) }

  /// The values of the seeds that both have, in the same order.
  func pairs(with other: SeededValues) -> (own: [Double], other: [Double]) {
    var (own, others): ([Double], [Double]) = ([], [])
    var place = 0
    for (seed, value) in zip(seeds, values) {
      while place < other.seeds.count, other.seeds[place] < seed { place += 1 }
      guard place < other.seeds.count, other.seeds[place] == seed else { continue }
      own.append(value)
      others.append(other.values[place])
    }
    return (own, others)
  }
}
