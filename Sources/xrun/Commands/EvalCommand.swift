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

      --data names another folder: one with splits, of which only the one
      evaluated is needed, or one that holds class folders itself. Classes are
      told by name: a folder that is none of the run's classes is an error, and
      classes may be missing. The output says what was taken.

      Next: 'xrun predict RUN PICTURE…' names single pictures.
      """)

  @Argument(help: ArgumentHelp("A run folder.", valueName: "run"))
  var runFolder: String

  @Option(help: "The split: train, val or test; by default val.")
  var split: Split?

  @Option(help: ArgumentHelp("Another folder of pictures.", valueName: "folder"))
  var data: String?

  @Option(help: "The stored weights: best or last.")
  var weights: Checkpoint = .best

  @Option(
    help: ArgumentHelp(
      "Write what is said of each picture, as predictions/val.csv in the run.",
      valueName: "file"))
  var predictions: String?

  @Flag(help: "Write JSON.")
  var json = false

  @OptionGroup var gating: GateOptions

  @Flag(
    name: .customLong("gates"),
    help: "Check the run's own gates too, as far as they are about this split.")
  var checksOwn = false

  @OptionGroup var machine: MachineOptions

  func validate() throws { try gating.requireGates(orOwn: checksOwn) }

  func run() throws {
    try gating.filingRefusals(of: runFolder) { try evaluate() }
  }

  private func evaluate() throws {
    let given = try gating.gates()
    try Reading.refuse(given.compactMap(elsewhere))
    let options = try machine.options(workers: nil)
    let target = try predictions.map(Reading.target)
    let evaluated: (StoredRun, StoredRun.Evaluation, [Gate])
    do throws(StoredRun.Failure) {
      let stored = try StoredRun(
        RunFolder(existing: runFolder), checkpoint: weights, options: options)
      let argument = data.map { SourceText(name: "<argument --data>", text: $0) }
      let own = checksOwn ? StoredGates.located(stored.experiment.gates, in: stored.folder) : []
      let gates = own + given
      if checksOwn, gates.isEmpty { Reading.report([StoredGates.none]) }
      let evaluation = try stored.evaluate(
        split, folder: data.map(Reading.absolute),
        at: argument.map { Span($0, 0..<$0.bytes.count) })
      Reading.report(evaluation.warnings)
      if let target { try write(evaluation.predictions, to: target) }
      if json {
        Terminal.data(object(evaluation, stored))
      } else {
        Terminal.print(text(evaluation, stored))
      }
      evaluated = (stored, evaluation, gates)
    } catch {
      throw Reading.report(error)
    }
    try check(evaluated.0, evaluated.1, evaluated.2)
  }

  /// Holds gates against what was just evaluated.
  private func check(
    _ stored: StoredRun, _ evaluation: StoredRun.Evaluation, _ gates: [Gate]
  ) throws {
    let name = evaluatedSplit
    let subject = GateSubject(
      evaluationOf: stored.folder.name, split: name, values: evaluation.metrics.named(name),
      rows: evaluation.predictions.map(PredictionsReader.Row.init))
    let results = gates.map { gate in
      gate.metric.split == name
        ? GateCheck.result(gate, subject)
        : GateResult(gate, .notChecked, "\(gate.text): '\(name)' alone was evaluated")
    }
    let suite = GateSuite(
      RunReader(stored.folder.path), results,
      refusedFor: checksOwn && gates.isEmpty ? [StoredGates.none] : [])
    try gating.report([suite])
    if suite.hasFailed { throw Outcome.refused.exit }
    if !suite.refusal.isEmpty || results.contains(where: \.isBroken) {
      throw Outcome.wrongInput.exit
    }
  }

  /// What gates call the pictures: a folder taken whole counts as `val`.
  private var evaluatedSplit: String { (split ?? .val).rawValue }

  /// A gate of the command line that this evaluation says nothing of.
  private func elsewhere(_ gate: Gate) -> Diagnostic? {
    guard gate.metric.split != evaluatedSplit else { return nil }
    return .error(
      "bad-gate",
      "'\(gate.metric.name)' is not of the split '\(evaluatedSplit)', which is evaluated",
      at: gate.span,
      help: gate.metric.split.map { "'--split \($0)' evaluates that one" }
        ?? "'xrun compare RUN --gate …' checks what the run recorded")
  }

  private func write(_ lines: [Prediction], to path: String) throws(StoredRun.Failure) {
    do { try PredictionsWriter.write(lines, to: path) } catch { throw .training(.file(error)) }
  }

  private func text(_ evaluation: StoredRun.Evaluation, _ stored: StoredRun) -> String {
    var rows = evaluation.metrics.named(evaluation.prefix).map { ($0.0, "\($0.1)") }
    rows.append(("pictures", "\(evaluation.metrics.count)"))
    let what = evaluation.split.map { "split '\($0.rawValue)'" } ?? "class folders, no splits"
    rows.append(("data", "\(evaluation.folder) (\(what))"))
    rows.append(("weights", weights.rawValue + (stored.epoch.map { ", epoch \($0)" } ?? "")))
    return rows.map { "\($0.0)  \($0.1)" }.joined(separator: "\n")
  }

  private func object(_ evaluation: StoredRun.Evaluation, _ stored: StoredRun) -> String {
    var members = evaluation.metrics.named(evaluation.prefix).map {
      ($0.0, $0.1.isFinite ? "\($0.1)" : "null")
    }
    members += [
      ("pictures", "\(evaluation.metrics.count)"),
      ("folder", JSONRenderer.quoted(evaluation.folder)),
      ("split", evaluation.split.map { JSONRenderer.quoted($0.rawValue) } ?? "null"),
      ("weights", JSONRenderer.quoted(weights.rawValue)),
      ("epoch", stored.epoch.map { "\($0)" } ?? "null"),
    ]
    return "{" + members.map { "\"\($0.0)\":\($0.1)" }.joined(separator: ",") + "}"
  }
}

extension Split: ExpressibleByArgument {}
extension Checkpoint: ExpressibleByArgument {}

extension Reading {
  /// A path made absolute by the working directory.
  static func absolute(_ path: String) -> String {
    FilePath.absolute(path, in: FilePath.workingDirectory)
  }

  /// Says why a stored run cannot be used; what is given ends the command.
  static func report(_ failure: StoredRun.Failure) -> Refusal {
    var diagnostics = failure.diagnostics
    // Of the data everything is said already.
    if case .data = failure {
    } else {
      diagnostics.append(fail("unusable-run", failure, help: failure.help))
    }
    switch failure {
    case .training(.kernel), .training(.file): return Refusal(diagnostics, .machineFailed)
    case .training(.interrupted): return Refusal(diagnostics, .stopped)
    default: return Refusal(diagnostics)
    }
  }
}
