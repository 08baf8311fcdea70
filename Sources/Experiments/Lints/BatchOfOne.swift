import Diagnostics

/// Batches of one picture under batch norm.
enum BatchOfOne: Lint {
  static let page = CodePage(
    "batch-of-one", .warning, "batch norm normalises a batch of one picture",
    text: """
      The statistics of one picture are those of its own pixels alone: noise in training, and what \
      running statistics are then dragged towards. Use larger batches, or `drop_last: true` where \
      it is the last batch of an epoch.
      """,
    wrong: .init("train", "train: {batch_size: 1}"),
    right: .init("train", "train: {batch_size: 32}"))

  static func check(_ subject: LintSubject) -> [Diagnostic] {
    subject.plan.phases.compactMap { phase in
      guard phase.movesStatistics else { return nil }
      let train = phase.phase.train
      let place = phase.phase.places.span(of: "train.batch_size")
      if train.batchSize == 1 {
        return finding(
          "batch norm normalises each picture by itself: 'batch_size' is 1", at: place,
          help: "use 16 or more")
      }
      guard let pictures = subject.data?.count(of: "train"), !train.dropLast,
        pictures % train.batchSize == 1
      else { return nil }
      return finding(
        "of \(pictures) pictures in batches of \(train.batchSize) the last batch is a single one, "
          + "and batch norm normalises it by itself", at: place,
        help: "write 'drop_last: true', or change 'batch_size'")
    }
  }
}
