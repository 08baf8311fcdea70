import Diagnostics

/// The best epoch chosen by a training metric.
enum MonitorOnTraining: Lint {
  static let page = CodePage(
    "monitor-on-train", .warning,
    "the best epoch is chosen by how well training pictures are known",
    text: """
      Training metrics rise while a network learns its pictures by heart. Choose by `val/acc1` or \
      `val/loss`.
      """,
    wrong: .init("train", "train: {monitor: train/acc1}"),
    right: .init("train", "train: {monitor: val/acc1}"))

  static func check(_ subject: LintSubject) -> [Diagnostic] {
    subject.plan.phases.compactMap { phase in
      let monitor = phase.phase.train.monitor
      guard monitor.hasPrefix("train/") else { return nil }
      return finding(
        "'\(monitor)' chooses the epoch that knows the training pictures best",
        at: phase.phase.places.span(of: "train.monitor"),
        help: "monitor 'val/\(monitor.dropFirst(6))'")
    }
  }
}
