import Diagnostics

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
        let end = ScheduleLength(of: phase.phase), let run = end.run(subject, phase),
        end.length < run
      else { return nil }
      return finding(
        "the rate rises again after \(end.length) of \(run) \(end.unit)", at: end.span,
        labels: .at(phase.phase.places.span(of: "epochs"), "the phase's length"),
        help: "let the schedule end with the phase: '\(end.key): \(run)'")
    }
  }
}
