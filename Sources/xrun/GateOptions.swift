import ArgumentParser
import Diagnostics
import Experiments
import Gates
import Glibc
import Reports
import Runs
import Tensors

/// What commands that check gates have in common.
struct GateOptions: ParsableArguments {
  @Option(
    name: .customLong("gate"), parsing: .singleValue,
    help: ArgumentHelp(
      "What must hold, such as 'test/acc1 >= 0.85', or else the code is 1; may be repeated.",
      valueName: "gate"))
  var texts: [String] = []

  @Option(
    help: ArgumentHelp("Write the gates' results as JUnit XML.", valueName: "file"))
  var junit: String?

  @Option(
    help: ArgumentHelp("Write gates that did not pass as SARIF.", valueName: "file"))
  var sarif: String?

  func validate() throws {
    if let junit, let sarif, Reading.absolute(junit) == Reading.absolute(sarif) {
      throw ValidationError("--junit and --sarif name one file, '\(junit)'")
    }
  }

  /// Refuses files for the results of gates where there are none.
  ///
  /// - Parameter checksOwn: whether gates that runs bring along are checked too.
  func requireGates(orOwn checksOwn: Bool) throws {
    guard texts.isEmpty, !checksOwn,
      let option = junit.map({ _ in "--junit" }) ?? sarif.map({ _ in "--sarif" })
    else { return }
    throw ValidationError(
      "\(option) writes what came of gates: give one with --gate, or the runs' own with --gates")
  }

  /// The gates of the command line; what is wrong with any ends the command.
  func gates() throws -> [Gate] {
    var gates: [Gate] = []
    var problems: [Diagnostic] = []
    for text in texts {
      let (gate, mistakes) = Gate.parse(argument: text)
      if let gate { gates.append(gate) }
      problems += mistakes
    }
    try Reading.refuse(problems)
    return gates
  }

  /// Says what came of gates, on standard error and in the files that were asked for.
  ///
  /// - Parameter isQuiet: leaves out what passed.
  /// - Throws: where a file cannot be written.
  func report(_ suites: [GateSuite], isQuiet: Bool = false) throws {
    // 1. A line for each, red where it says no and there are colours.
    for suite in suites {
      for result in suite.results where !isQuiet || result.outcome != .passed {
        let line = VisibleText.of(result.line(of: suites.count > 1 ? suite.name : nil))
        let isRed = result.isFailure && Terminal.colours(STDERR_FILENO)
        Terminal.write((isRed ? "\u{1B}[31m\(line)\u{1B}[0m" : line) + "\n", to: STDERR_FILENO)
      }
    }
    // 2. GitHub shows these beside the gate's line.
    let diagnostics = suites.diagnostics
    if Self.variable("GITHUB_ACTIONS") == "true", !diagnostics.isEmpty {
      Terminal.write(GitHubRenderer.render(diagnostics), to: STDERR_FILENO)
    }
    if let path = Self.variable("GITHUB_STEP_SUMMARY"), !suites.allSatisfy(\.results.isEmpty) {
      Self.append(GateMarkdown.render(suites), to: path)
    }
    // 3. Files.
    try write(suites)
  }

  /// Does what a command is there for. What it refuses stands in the files that were asked for, too: a CI that finds no
  /// file cannot say why.
  ///
  /// - Parameter name: what the command is about.
  func filingRefusals(of name: String, _ body: () throws -> Void) throws {
    // Better now than after hours of training.
    try Reading.refuse([junit, sarif].compactMap { $0 }.compactMap(missingFolder))
    do {
      try body()
    } catch let refusal as Refusal {
      // Where a file cannot be written either, that is told, and the first failure decides.
      try? write([GateSuite(name, refusedFor: refusal.diagnostics)])
      throw refusal
    }
  }

  private func missingFolder(of path: String) -> Diagnostic? {
    let folder = FilePath.directory(of: Reading.absolute(path))
    guard FilePath.entry(at: folder) != .directory else { return nil }
    return .error(
      "missing-folder", "there is no folder '\(folder)' to write '\(path)' in", at: nil,
      help: "make it first")
  }

  private func write(_ suites: [GateSuite]) throws {
    try Reading.writing { () throws(FileError) in
      if let junit { try AtomicFile.write(path: junit, text: JUnitRenderer.render(suites)) }
      if let sarif {
        let log = SARIFRenderer.render(suites.diagnostics, version: XRunVersion.text) {
          CodeCatalogue.page($0.rawValue)
        }
        try AtomicFile.write(path: sarif, text: log)
      }
    }
  }

  private static func variable(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
  }

  /// A summary that cannot be written changes no result.
  private static func append(_ text: String, to path: String) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else {
      Terminal.error("warning: cannot write '\(path)': \(String(cString: strerror(errno)))")
      return
    }
    Terminal.write(text + "\n", to: descriptor)
    close(descriptor)
  }
}

extension StoredGates {
  static let noRun = Diagnostic.error(
    "gate-not-checked", "there is no run to check the gates on", at: nil,
    help: "name a run folder, or a folder of runs")

  static let none = Diagnostic.error(
    "gate-not-checked", "no gate is stored with what was named, so '--gates' checks nothing",
    at: nil,
    help: "leave '--gates' out, or give one with '--gate'")
}
