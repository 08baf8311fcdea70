import ArgumentParser
import Diagnostics
import Experiments
import Gates
import Reports
import Runs
import Training

/// `xrun eval RUN`
struct EvalCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "eval",
    abstract: "Evaluates a run's stored weights on a split.",
    usage: "xrun eval <run> [options]",
    discussion: """
      Example: xrun eval runs/fc_only-1a2b3c4d-s0 --split test

      The numbers are those that the run reported, to the digit, as long as
      weights, data and machine are the same.
      Next: 'xrun predict RUN PICTURE…' names single pictures.
      """)

  @Argument(help: ArgumentHelp("A run folder.", valueName: "run"))
  var runFolder: String

  @Option(help: "The split: train, val or test.")
  var split: Split = .val

  @Option(help: "Another data folder: of its splits only the one evaluated is needed.")
  var data: String?

  @Option(help: "The stored weights: best or last.")
  var weights: Checkpoint = .best

  @Flag(help: "Write JSON.")
  var json = false

  @OptionGroup var gating: GateOptions

  @Flag(
    name: .customLong("gates"),
    help: "Check the run's own gates too, as far as they are about this split.")
  var checksOwn = false

  @OptionGroup var machine: MachineOptions

  func run() throws {
    let given = try gating.gates()
    try Reading.refuse(given.compactMap(elsewhere))
    let options = try machine.options(workers: nil)
    let evaluated: (StoredRun, [Gate], [(String, Double)], [PredictionsReader.Row])
    do throws(StoredRun.Failure) {
      let stored = try StoredRun(
        RunFolder(existing: runFolder), checkpoint: weights, options: options)
      let argument = data.map { SourceText(name: "<argument --data>", text: $0) }
      let gates = (checksOwn ? stored.experiment.gates : []) + given
      if checksOwn, gates.isEmpty { Reading.report([StoredGates.none]) }
      var rows: [PredictionsReader.Row] = []
      let (metrics, warnings) = try stored.evaluate(
        split, folder: data.map(Reading.absolute),
        at: argument.map { Span($0, 0..<$0.bytes.count) },
        each: gates.isEmpty ? nil : { rows.append(PredictionsReader.Row($0)) })
      Reading.report(warnings)
      let values = metrics.named(split.rawValue)
      if json {
        Terminal.print(
          "{" + values.map { "\"\($0.0)\":\($0.1)" }.joined(separator: ",")
            + ",\"pictures\":\(metrics.count)}")
      } else {
        for (name, value) in values { Terminal.print("\(name)  \(value)") }
      }
      evaluated = (stored, gates, values, rows)
    } catch {
      throw Reading.report(error)
    }
    try check(evaluated.0, evaluated.1, evaluated.2, evaluated.3)
  }

  /// Holds gates against what was just evaluated.
  private func check(
    _ stored: StoredRun, _ gates: [Gate], _ values: [(String, Double)],
    _ rows: [PredictionsReader.Row]
  ) throws {
    let subject = GateSubject(
      evaluationOf: stored.folder.name, split: split.rawValue, values: values, rows: rows)
    let results = gates.map { gate in
      gate.metric.split == split.rawValue
        ? GateCheck.result(gate, subject)
        : GateResult(
          gate, .notChecked, "\(gate.text): '\(split.rawValue)' alone was evaluated")
    }
    let suite = GateSuite(RunReader(stored.folder.path), results)
    try gating.report([suite])
    if suite.hasFailed { throw Outcome.refused.exit }
    if checksOwn && gates.isEmpty || results.contains(where: \.isBroken) {
      throw Outcome.wrongInput.exit
    }
  }

  /// A gate of the command line that this evaluation says nothing of.
  private func elsewhere(_ gate: Gate) -> Diagnostic? {
    guard gate.metric.split != split.rawValue else { return nil }
    return .error(
      "bad-gate",
      "'\(gate.metric.name)' is not of the split '\(split.rawValue)', which is evaluated",
      at: gate.span,
      help: gate.metric.split.map { "'--split \($0)' evaluates that one" }
        ?? "'xrun compare RUN --gate …' checks what the run recorded")
  }
}

extension Split: ExpressibleByArgument {}
extension Checkpoint: ExpressibleByArgument {}

extension Reading {
  /// A path made absolute by the working directory.
  static func absolute(_ path: String) -> String {
    FilePath.absolute(path, in: FilePath.workingDirectory)
  }

  /// Says why a stored run cannot be used, and gives the exit code.
  static func report(_ failure: StoredRun.Failure) -> ExitCode {
    report(failure.diagnostics + [fail("unusable-run", failure, help: nil)])
    if case .training(.kernel) = failure { return Outcome.machineFailed.exit }
    if case .training(.file) = failure { return Outcome.machineFailed.exit }
    if case .training(.interrupted) = failure { return Outcome.stopped.exit }
    return Outcome.wrongInput.exit
  }
}
