import Diagnostics

/// Where a schedule ends, by its own argument.
struct ScheduleLength {
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
  func run(_ subject: LintSubject, _ phase: PhasePlan) -> Int? {
    guard phase.phase.schedulerBy == .step else { return phase.phase.epochs }
    return subject.stepsPerEpoch(phase).map { $0 * phase.phase.epochs }
  }
}
