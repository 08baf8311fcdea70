import ArgumentParser
import Diagnostics
import Experiments
import Gates
import Glibc
import Pages
import Reports
import Runs
import Tensors

/// `xrun compare PATH…`
struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Shows runs side by side, and which differences are real.",
    discussion: """
      Example: xrun compare runs/ --filter 'optimizer.lr < 0.01' --sort time

      Runs of one configuration are one row: the number n of seeds, the mean ±
      standard deviation over them, the interval of the mean, and only the
      settings that differ. Below the table each row is held against the best
      one, or against --baseline: better, worse, equivalent (with --margin) or
      inconclusive, with the difference, its interval and its p-value. One seed
      never decides. Of two runs, the pictures that one alone got right are
      listed. In a pipe all columns are printed.

      Names in --sort and --filter: metrics, n, name, epochs, time, images/s,
      memory, and settings by their path, such as optimizer.lr. --by takes
      settings alone: there epochs is the one of the experiment.

      --gate 'test/acc1 >= 0.85' holds for each run by itself: code 1 where one
      fails, 2 where one cannot be checked. See docs/guide/gates.md.

      docs/guide/compare.md says how verdicts are made, and what JSON has.

      Next: 'xrun eval RUN' evaluates a run's best weights again.
      """)

  enum Format: String, CaseIterable, ExpressibleByArgument { case table, md, csv, json, html }

  @Argument(help: "Run folders, or folders of runs; by default runs.")
  var paths: [String] = []

  @OptionGroup var comparing: ComparisonOptions

  @Flag(help: "Draw a small curve of the metric for each row.")
  var plot = false

  @OptionGroup var gating: GateOptions

  @Flag(name: .customLong("gates"), help: "Check the gates that each run's experiment has, too.")
  var checksOwn = false

  @Option(help: "How to write it: table, md, csv, json or html.")
  var format: Format?

  @Flag(help: "The same as --format json.")
  var json = false

  func validate() throws {
    try gating.requireGates(orOwn: checksOwn)
    if json, let format, format != .json {
      throw ValidationError("--json and --format \(format.rawValue) exclude each other")
    }
    if plot, written != .table { throw ValidationError("--plot draws with --format table only") }
  }

  private var written: Format { json ? .json : format ?? .table }

  func run() throws {
    try gating.filingRefusals(of: subject) { try compare() }
  }

  /// What the command is about.
  private var subject: String { paths.isEmpty ? "runs" : paths.joined(separator: " ") }

  private func compare() throws {
    let given = try gating.gates()
    var found = try RunPaths.find(paths)
    // When people have their answer.
    defer { found.keep() }
    // A program may have more time than people, who read the first rows.
    let comparison = try comparing.comparison(
      of: &found, seeking: written == .json ? .max : nil)
    if written != .json, comparison.groups.isEmpty {
      let places = paths.isEmpty ? "runs" : paths.joined(separator: ", ")
      let isEmptied = comparison.hidden > 0
      Terminal.error(
        isEmptied
          ? "no row fits --filter, of \(comparison.hidden)" : "no finished runs in \(places) yet")
    } else {
      switch written {
      case .table:
        Terminal.data(
          comparison.text(
            width: Terminal.tableWidth, isColoured: Terminal.colours(STDOUT_FILENO), plots: plot))
      case .md: Terminal.data(comparison.markdown)
      case .csv: Terminal.data(comparison.csv)
      case .json: Terminal.data(comparison.json.text())
      case .html:
        Terminal.write(
          ComparisonPage.html(
            comparison, runs: found.runs, in: FilePath.workingDirectory, threads: Threads.processors
          ),
          to: STDOUT_FILENO)
      }
    }
    found.report()
    for problem in comparison.problems { Terminal.error("warning: \(problem)") }
    if checksOwn || !given.isEmpty { try check(given, comparison) }
  }

  /// Holds gates against each run of the rows that are shown; runs that did not end well are not checked.
  private func check(_ given: [Gate], _ comparison: Comparison) throws {
    func suite(_ run: RunReader, _ results: ([Gate]) -> [GateResult]) -> GateSuite {
      let own = checksOwn ? StoredGates.of(run.folder) : ([], [])
      // Gates that nobody can read are none that passed.
      let refusal = own.gates == nil ? own.diagnostics : []
      Reading.report(refusal)
      return GateSuite(run, results((own.gates ?? []) + given), refusedFor: refusal)
    }
    var suites = comparison.groups.flatMap(\.runs).map { run in
      // Its numbers are compared, but how it ended is not known.
      run.record == nil
        ? suite(run) { Self.notChecked($0, run) }
        : suite(run) { GateCheck.results($0, GateSubject(run)) }
    }
    suites += comparison.unfinished.map { run in suite(run) { Self.notChecked($0, run) } }
    suites.removeAll { $0.results.isEmpty && $0.refusal.isEmpty }
    if suites.isEmpty {
      let nothing = [given.isEmpty ? StoredGates.none : StoredGates.noRun]
      Reading.report(nothing)
      suites = [GateSuite(subject, refusedFor: nothing)]
    }
    try gating.report(suites)
    if suites.hasFailed { throw Outcome.refused.exit }
    if !suites.allSatisfy(\.isComplete) { throw Outcome.wrongInput.exit }
  }

  private static func notChecked(_ gates: [Gate], _ run: RunReader) -> [GateResult] {
    let state =
      run.state.map { "the run is '\($0.rawValue)'" }
      ?? "the run has no 'run.json' that can be read"
    let isBroken = run.state != .stopped && run.state != .running
    return GateCheck.notChecked(gates, state, isBroken: isBroken)
  }
}
