import Diagnostics

/// A dropped last batch that holds a large part of the pictures.
enum LastBatchDropped: Lint {
  static let page = CodePage(
    "last-batch-dropped", .warning, "each epoch leaves out a large part of the pictures",
    text: """
      `drop_last: true` leaves out what does not fill a batch. With few pictures and large batches \
      that is a large part of every epoch.
      """)

  static func check(_ subject: LintSubject) -> [Diagnostic] {
    subject.plan.phases.compactMap { phase in
      let train = phase.phase.train
      guard train.dropLast, let pictures = subject.data?.count(of: "train"), pictures > 0 else {
        return nil
      }
      let dropped = pictures % train.batchSize
      guard dropped * 10 >= pictures, dropped < pictures else { return nil }
      return finding(
        "each epoch leaves out \(dropped) of \(pictures) pictures",
        at: phase.phase.places.span(of: "train.drop_last"),
        labels: .at(phase.phase.places.span(of: "train.batch_size"), "the batch"),
        help: "leave 'drop_last' out, or use a smaller 'batch_size'")
    }
  }
}
