import ArgumentParser
import Diagnostics
import Experiments
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

  @OptionGroup var machine: MachineOptions

  func run() throws {
    let options = try machine.options(workers: nil)
    let target = try predictions.map(Reading.target)
    do throws(StoredRun.Failure) {
      let stored = try StoredRun(
        RunFolder(existing: runFolder), checkpoint: weights, options: options)
      let argument = data.map { SourceText(name: "<argument --data>", text: $0) }
      let evaluation = try stored.evaluate(
        split, folder: data.map(Reading.absolute),
        at: argument.map { Span($0, 0..<$0.bytes.count) })
      Reading.report(evaluation.warnings)
      if let target { try write(evaluation.predictions, to: target) }
      Terminal.print(json ? object(evaluation, stored) : text(evaluation, stored))
    } catch {
      throw Reading.report(error)
    }
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

  /// Says why a stored run cannot be used, and gives the exit code.
  static func report(_ failure: StoredRun.Failure) -> ExitCode {
    var diagnostics = failure.diagnostics
    // Of the data everything is said already.
    if case .data = failure {
    } else {
      diagnostics.append(fail("unusable-run", failure, help: failure.help))
    }
    report(diagnostics)
    if case .training(.kernel) = failure { return Outcome.machineFailed.exit }
    if case .training(.file) = failure { return Outcome.machineFailed.exit }
    if case .training(.interrupted) = failure { return Outcome.stopped.exit }
    return Outcome.wrongInput.exit
  }
}
