import Diagnostics

/// Dropping a last batch that is full.
enum NoEffectDropLast: Lint {
  static let page = CodePage(
    "no-effect-drop-last", .warning, "'drop_last' has no effect: the last batch is full",
    text: "The number of training pictures is a multiple of `batch_size`, so no batch is smaller.")

  static func check(_ subject: LintSubject) -> [Diagnostic] {
    subject.plan.phases.compactMap { phase in
      let train = phase.phase.train
      guard train.dropLast, let pictures = subject.data?.count(of: "train"), pictures > 0,
        pictures % train.batchSize == 0
      else { return nil }
      return finding(
        "'drop_last' has no effect: \(pictures) pictures fill their batches of \(train.batchSize)",
        at: phase.phase.places.span(of: "train.drop_last"), help: "leave 'drop_last' out")
    }
  }
}
