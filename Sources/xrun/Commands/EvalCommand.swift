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

  @OptionGroup var machine: MachineOptions

  func run() throws {
    let options = try machine.options(workers: nil)
    do throws(StoredRun.Failure) {
      let stored = try StoredRun(
        RunFolder(existing: runFolder), checkpoint: weights, options: options)
      let argument = data.map { SourceText(name: "<argument --data>", text: $0) }
      let (metrics, warnings) = try stored.evaluate(
        split, folder: data.map(Reading.absolute),
        at: argument.map { Span($0, 0..<$0.bytes.count) })
      Reading.report(warnings)
      let values = metrics.named(split.rawValue)
      if json {
        Terminal.print(
          "{" + values.map { "\"\($0.0)\":\($0.1)" }.joined(separator: ",")
            + ",\"pictures\":\(metrics.count)}")
      } else {
        for (name, value) in values { Terminal.print("\(name)  \(value)") }
      }
    } catch {
      throw Reading.report(error)
    }
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
