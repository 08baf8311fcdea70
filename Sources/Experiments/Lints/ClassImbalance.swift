import Diagnostics

/// Very unequal classes judged by plain accuracy.
enum ClassImbalance: Lint {
  /// How many times the largest class outnumbers the smallest before plain accuracy misleads.
  private static let ratio = 10

  static let page = CodePage(
    "class-imbalance", .warning,
    "classes are very unequal, and plain accuracy chooses the best epoch",
    text: """
      Where one class has ten times the pictures of another, plain accuracy can rise while small \
      classes are never recognised. Monitor `val/acc_per_class_mean`, which counts each class once.
      """)

  static func check(_ subject: LintSubject) -> [Diagnostic] {
    guard let data = subject.data, let counts = data.counts["train"], counts.count > 1,
      let least = counts.min(), let most = counts.max(), most >= ratio * max(least, 1),
      let small = counts.firstIndex(of: least), let large = counts.firstIndex(of: most)
    else { return [] }
    return subject.plan.phases.compactMap { phase in
      guard phase.phase.train.monitor == "val/acc1" else { return nil }
      return finding(
        "class '\(data.classes[large])' has \(most) training pictures, '\(data.classes[small])' has "
          + "\(least), and plain accuracy chooses the best epoch",
        at: place(phase.phase, subject.experiment.data),
        help: "write 'train: {monitor: val/acc_per_class_mean}'")
    }
  }

  /// The metric where it is written, else the pictures.
  private static func place(_ phase: Phase, _ data: DataSettings) -> Span? {
    if case .written(let span)? = phase.places["train.monitor"] { return span }
    return data.places.span(of: "folder") ?? data.places.section
  }
}
