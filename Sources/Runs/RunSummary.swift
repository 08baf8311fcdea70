import Statistics

/// What the lines of a run come to, for lists of many runs.
package struct RunSummary: Sendable {
  /// How many epochs are done, over all phases.
  package var epochs = 0
  /// The epoch that the record calls the best; else the one with the greatest `val/acc1`.
  package var best: RunLine?
  /// Which of the epochs of all phases it is, from 1.
  package var bestEpoch: Int?
  package var last: RunLine?
  /// What the best weights gave on the test split.
  package var test: RunLine?
  /// The names of numbers in `metrics.jsonl`, each once.
  package var names: [String] = []
  /// Of training and validation; nil where no line tells.
  package var seconds: Double?
  /// While training, the mean over the epochs.
  package var imagesPerSecond: Double?
  /// The greatest at the end of an epoch.
  package var residentMiB: Double?
  /// Whether `metrics.jsonl` has any line.
  package var hasMetrics = false

  init() {}

  init(metrics: [RunLine], timing: [RunLine], _ record: RunRecord?) {
    let epochs = metrics.filter(Self.isEpoch)
    self.epochs = epochs.count
    hasMetrics = !metrics.isEmpty
    best = Self.best(epochs, record)
    if let best {
      bestEpoch = epochs.firstIndex {
        $0.words["phase"] == best.words["phase"] && $0.numbers["epoch"] == best.numbers["epoch"]
      }.map { $0 + 1 }
    }
    last = epochs.last
    test = metrics.last { $0.numbers["test/loss"] != nil }
    var seen: RunRowNames?
    var known = Set<String>()
    for line in metrics where line.numbers.names !== seen {
      seen = line.numbers.names
      for name in line.numbers.keys where known.insert(name).inserted { names.append(name) }
    }
    if !timing.isEmpty {
      seconds = timing.reduce(0.0) {
        $0 + ($1.numbers["train_seconds"] ?? 0) + ($1.numbers["val_seconds"] ?? 0)
      }
    }
    imagesPerSecond =
      Statistics.Summary(timing.compactMap { $0.numbers["train_images_per_second"] }).mean
    residentMiB = timing.compactMap { $0.numbers["resident_mib"] }.filter(\.isFinite).max()
  }

  static func isEpoch(_ line: RunLine) -> Bool { line.numbers["train/loss"] != nil }

  private static func best(_ epochs: [RunLine], _ record: RunRecord?) -> RunLine? {
    if let best = record?.best,
      let line = epochs.first(where: {
        $0.words["phase"] == best.phase && $0.numbers["epoch"] == Double(best.epoch)
      })
    {
      return line
    }
    return epochs.max { ($0.numbers["val/acc1"] ?? -1) < ($1.numbers["val/acc1"] ?? -1) }
  }
}
