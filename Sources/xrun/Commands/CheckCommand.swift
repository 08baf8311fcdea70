import ArgumentParser
import Diagnostics
import Experiments

/// `xrun check FILE… [key=value …]`
struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Checks experiments without running them.",
    discussion: """
      Example: xrun check experiments/*.yaml

      Everything that is wrong is reported at once, with file, line and column.
      Next: 'xrun plan FILE' shows what an experiment would do.
      """)

  @Argument(
    help: ArgumentHelp("Experiment files, and values to set in all of them.", valueName: "file"))
  var arguments: [String]

  @Flag(help: "Write diagnostics as JSON to standard output.")
  var json = false

  func run() throws {
    let overrides = arguments.filter(isOverride)
    let files = arguments.filter { !isOverride($0) }
    guard !files.isEmpty else { throw ValidationError("name at least one experiment file") }
    var all: [Diagnostic] = []
    var isWrong = false
    for file in files {
      var (experiment, diagnostics) = ExperimentLoader.load(path: file, overrides: overrides)
      // Names and shapes do not depend on the number of classes, so the pictures are not looked for.
      if let found = experiment {
        let (plan, problems) = ExperimentPlan.make(found, classes: 1000)
        diagnostics += problems
        if plan == nil { experiment = nil }
      }
      all += diagnostics
      if experiment == nil { isWrong = true }
      guard !json else { continue }
      Reading.report(diagnostics)
      if experiment != nil { Terminal.print("\(file): ok") }
    }
    if json { Terminal.print(all.rendered(as: .json)) }
    if isWrong { throw Outcome.wrongInput.exit }
  }
}

/// Tells `key=value` from a file name: a key starts with a letter and has no slash before the first `=`.
func isOverride(_ argument: String) -> Bool {
  guard let equals = argument.firstIndex(of: "=") else { return false }
  let key = argument[..<equals]
  return key.first?.isLetter == true && !key.contains("/")
}
