import Diagnostics

/// A schedule that the run ends before.
enum ScheduleUnfinished: Lint {
  static let page = CodePage(
    "schedule-longer-than-run", .warning, "the run ends before its schedule does",
    text: """
      `CosineAnnealingLR` reaches its lowest rate after `T_max`, `LinearLR` its end after \
      `total_iters`, `MultiStepLR` its last step at the last milestone. A shorter run stops in the \
      middle, at a rate that is still high.
      """,
    wrong: .init("scheduler", "scheduler: {CosineAnnealingLR: {T_max: 100}}"),
    right: .init("scheduler", "scheduler: {CosineAnnealingLR: {T_max: 5}}"))

  static func check(_ subject: LintSubject) -> [Diagnostic] {
    subject.plan.phases.compactMap { phase in
      guard let end = ScheduleLength(of: phase.phase), let run = end.run(subject, phase.phase),
        end.length > run
      else { return nil }
      if end.key == "milestones" {
        let last = end.length - 1
        return finding(
          "the milestone \(last) is never reached in \(run) \(end.unit)",
          at: end.span?.narrowed(to: String(last)),
          labels: phase.phase.places.span(of: "epochs").map {
            [Diagnostic.Label($0, "the phase's length")]
          } ?? [],
          help: "keep 'milestones' below \(run)")
      }
      return finding(
        "'\(end.key)' is \(end.length), and the phase has \(run) \(end.unit)", at: end.span,
        labels: phase.phase.places.span(of: "epochs").map {
          [Diagnostic.Label($0, "the phase's length")]
        } ?? [],
        help: "let the schedule end with the phase: '\(end.key): \(run)'")
    }
  }
}

/// A cosine that turns up again before the run ends.
enum ScheduleTurnsBack: Lint {
  static let page = CodePage(
    "schedule-shorter-than-run", .warning, "the rate rises again before the run ends",
    text: """
      After `T_max` a `CosineAnnealingLR` goes up the same curve again, as torch's does: the run \
      ends at a high rate.
      """,
    wrong: .init("scheduler", "scheduler: {CosineAnnealingLR: {T_max: 2}}"),
    right: .init("scheduler", "scheduler: {CosineAnnealingLR: {T_max: 5}}"))

  static func check(_ subject: LintSubject) -> [Diagnostic] {
    subject.plan.phases.compactMap { phase in
      guard phase.phase.scheduler?.name == "CosineAnnealingLR",
        let end = ScheduleLength(of: phase.phase), let run = end.run(subject, phase.phase),
        end.length < run
      else { return nil }
      return finding(
        "the rate rises again after \(end.length) of \(run) \(end.unit)", at: end.span,
        labels: phase.phase.places.span(of: "epochs").map {
          [Diagnostic.Label($0, "the phase's length")]
        } ?? [],
        help: "let the schedule end with the phase: '\(end.key): \(run)'")
    }
  }
}

/// Where a schedule ends, by its own argument.
private struct ScheduleLength {
  let key: String
  let length: Int
  let span: Span?
  let unit: String

  /// Nil for a schedule without an end.
  init?(of phase: Phase) {
    guard let scheduler = phase.scheduler else { return nil }
    let value: Int?
    switch scheduler.name {
    case "CosineAnnealingLR":
      key = "T_max"
      value = scheduler.values.entries[key].flatMap { Int($0) }
    case "LinearLR":
      key = "total_iters"
      value = scheduler.values.entries[key].flatMap { Int($0) }
    case "MultiStepLR":
      key = "milestones"
      value = scheduler.values.entries[key].flatMap { [Int]($0) }?.max().map { $0 + 1 }
    default: return nil
    }
    guard let value else { return nil }
    length = value
    span = scheduler.values.span(of: key)
    unit = phase.schedulerBy == .step ? "steps" : "epochs"
  }

  /// How often the scheduler steps in the phase; nil where that depends on pictures not looked for.
  func run(_ subject: LintSubject, _ phase: Phase) -> Int? {
    guard phase.schedulerBy == .step else { return phase.epochs }
    return subject.stepsPerEpoch(phase).map { $0 * phase.epochs }
  }
}
