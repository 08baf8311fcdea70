import Diagnostics

/// A setting for all phases that each of them overrides.
enum NoEffectKey: Lint {
  static let page = CodePage(
    "no-effect-key", .warning, "each phase overrides the setting, so it has no effect",
    text: """
      What stands at the top level serves phases that do not state it themselves. Where all of them \
      do, it misleads whoever reads the file.
      """,
    wrong: .init(
      "epochs",
      """
      phases:
        - {name: a, optimizer: {Adam: {lr: 1e-3}}, epochs: 2}
        - {name: b, optimizer: {Adam: {lr: 5e-4}}, epochs: 2}
      """),
    right: .init(
      "epochs",
      """
      phases:
        - {name: a, optimizer: {Adam: {lr: 1e-3}}, epochs: 2}
        - {name: b, epochs: 2}
      """))

  static func check(_ subject: LintSubject) -> [Diagnostic] {
    subject.experiment.overridden.map { key in
      finding(
        "'\(key.name)' has no effect: each phase has its own", at: key.span,
        help: "leave it out here, or in the phases that should share it")
    }
  }
}
