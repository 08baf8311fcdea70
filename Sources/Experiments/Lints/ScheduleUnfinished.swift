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
      guard let end = ScheduleLength(of: phase.phase), let run = end.run(subject, phase),
        end.length > run
      else { return nil }
      if end.key == "milestones" {
        let last = end.length - 1
        return finding(
          "the milestone \(last) is never reached in \(run) \(end.unit)",
          at: end.span?.narrowed(to: String(last)),
          labels: .at(phase.phase.places.span(of: "epochs"), "the phase's length"),
          help: "keep 'milestones' below \(run)")
      }
      return finding(
        "'\(end.key)' is \(end.length), and the phase has \(run) \(end.unit)", at: end.span,
        labels: .at(phase.phase.places.span(of: "epochs"), "the phase's length"),
        help: "let the schedule end with the phase: '\(end.key): \(run)'")
    }
  }
}
