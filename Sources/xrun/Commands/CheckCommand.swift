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

  @Flag(help: "Count warnings as errors: code 2.")
  var strict = false

  @OptionGroup var lints: LintOptions

  func run() throws {
    let overrides = arguments.filter(isOverride)
    let files = arguments.filter { !isOverride($0) }
    guard !files.isEmpty else { throw ValidationError("name at least one experiment file") }
    var all: [Diagnostic] = []
    var isWrong = false
    for file in files {
      let check = ExperimentCheck(path: file, overrides: overrides)
      let diagnostics = check.diagnostics.allowing(lints.codes)
      let isRight = check.isRight && !(strict && diagnostics.hasWarnings)
      all += diagnostics
      if !isRight { isWrong = true }
      guard !json else { continue }
      Reading.report(diagnostics)
      if isRight { Terminal.print("\(file): ok") }
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
