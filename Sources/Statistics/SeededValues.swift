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
    var bySeed: [UInt64: [Double]] = [:]
    for run in runs { bySeed[run.seed, default: []].append(run.value) }
    seeds = bySeed.keys.sorted()
    values = seeds.map { Summary(bySeed[$0] ?? []).mean ?? .nan }
  }

  package var summary: Summary { Summary(values) }

  /// The values of the seeds that both have, in the same order.
  func pairs(with other: SeededValues) -> (own: [Double], other: [Double]) {
    let theirs = Dictionary(uniqueKeysWithValues: zip(other.seeds, other.values))
    var (own, others): ([Double], [Double]) = ([], [])
    for (seed, value) in zip(seeds, values) {
      guard let match = theirs[seed] else { continue }
      own.append(value)
      others.append(match)
    }
    return (own, others)
  }
}
