import ArgumentParser
import Diagnostics
import Experiments
import Glibc

/// `xrun check FILE… [key=value …]`
struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Checks experiments without running them.",
    usage: "xrun check <file> ... [<key=value> ...] [options]",
    discussion: """
      Example: xrun check experiments/*.yaml

      Everything that is wrong is reported at once, with file, line and column.
      Next: 'xrun plan FILE' shows what an experiment would do.
      """)

  @Argument(
    help: ArgumentHelp("Experiment files, and values to set in all of them.", valueName: "file"))
  var arguments: [String]

  @Option(
    help: ArgumentHelp(
      "How to write diagnostics: text to standard error; json, github or sarif to standard output.")
  )
  var format: Format?

  @Flag(help: "Short for '--format json'.")
  var json = false

  @Flag(help: "Count warnings as errors: code 2.")
  var strict = false

  @OptionGroup var lints: LintOptions

  /// The forms by the names that they have on the command line.
  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text, json, github, sarif

    /// The form for machines; nil for people's.
    var machine: DiagnosticFormat? {
      switch self {
      case .text: nil
      case .json: .json
      case .github: .github
      case .sarif: .sarif(version: XRunVersion.text)
      }
    }
  }

  func validate() throws {
    if json, let format, format != .json {
      throw ValidationError("'--json' and '--format \(format.rawValue)' exclude each other")
    }
  }

  func run() throws {
    let machine = (json ? .json : format ?? .text).machine
    let overrides = arguments.filter(isOverride)
    let files = arguments.filter { !isOverride($0) }
    guard !files.isEmpty else { throw ValidationError("name at least one experiment file") }
    var all: [Diagnostic] = []
    var isWrong = false
    var marked = 0
    for file in files {
      let check = ExperimentCheck(path: file, overrides: overrides)
      let diagnostics = check.diagnostics.allowing(lints.codes)
      let isRight = check.isRight && !(strict && diagnostics.hasWarnings)
      all += diagnostics
      if !isRight { isWrong = true }
      if !diagnostics.isEmpty { marked += 1 }
      guard machine == nil else { continue }
      Reading.report(diagnostics)
      if isRight { Terminal.print("\(file): ok") }
    }
    if format == .sarif {
      let log = SARIFRenderer.render(all, version: XRunVersion.text) {
        CodeCatalogue.page($0.rawValue)
      }
      Terminal.write(log, to: STDOUT_FILENO)
    } else if let machine {
      Terminal.write(all.rendered(as: machine), to: STDOUT_FILENO)
    } else if files.count > 1, !all.isEmpty {
      Terminal.error("\(all.summary) in \(marked) of \(files.count) files")
    } else if all.count > 1, !all.summary.isEmpty {
      Terminal.error(all.summary)
    }
    if isWrong { throw Outcome.wrongInput.exit }
  }
}

/// Tells `key=value` from a file name: a key starts with a letter and has no slash before the first `=`.
///
/// What begins with `=` is an override without its key.
func isOverride(_ argument: String) -> Bool {
  guard let equals = argument.firstIndex(of: "=") else { return false }
  let key = argument[..<equals]
  if key.isEmpty { return true }
  return key.first?.isLetter == true && !key.contains("/")
}
