import Diagnostics

/// A schedule that never changes the rate within the run.
enum NoEffectScheduler: Lint {
  static let page = CodePage(
    "no-effect-scheduler", .warning, "the scheduler never changes the rate within the run",
    text: """
      For example `StepLR: {step_size: 10}` in a phase of 4 epochs: the first step would come after \
      the end. Shorten the schedule to the phase, or leave it out.
      """,
    wrong: .init("scheduler", "scheduler: {StepLR: {step_size: 10}}"),
    right: .init("scheduler", "scheduler: {StepLR: {step_size: 2}}"))

  static func check(_ subject: LintSubject) -> [Diagnostic] {
    subject.plan.phases.compactMap { phase in
      guard let scheduler = phase.phase.scheduler, let base = phase.phase.baseRate else {
        return nil
      }
      let count: Int
      switch phase.phase.schedulerBy {
      case .epoch: count = phase.phase.epochs
      case .step:
        guard let steps = subject.stepsPerEpoch(phase) else { return nil }
        count = steps * phase.phase.epochs
      }
      // One epoch has no room for a schedule by epoch; that is the phase's length, not the schedule's.
      guard count > 1, !phase.phase.changesRate(within: count, base: base) else { return nil }
      let unit = phase.phase.schedulerBy == .epoch ? "epochs" : "steps"
      return finding(
        "'\(scheduler.name)' does not change the rate in the \(count) \(unit) of "
          + "'\(phase.phase.name)'", at: scheduler.values.span,
        labels: .at(phase.phase.places.span(of: "epochs"), "the phase's length"),
        help: "fit the schedule to the phase, or leave 'scheduler' out")
    }
  }
}
