import ArgumentParser
import Diagnostics
import Glibc

/// The command `xrun`: `xrun FILE [key=value …]` trains, the rest are verbs.
@main
struct XRun: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "xrun",
    abstract: "Trains image classifiers from a YAML file, and keeps what came of it.",
    discussion: """
      xrun experiments/fc_only.yaml           check the file, train, keep the run
      xrun experiments/fc_only.yaml seed=1    the same with another seed
      xrun plan experiments/fc_only.yaml      what would be done, before it is
      xrun explain RandomRotation             what a name or a message means
      xrun compare runs/                      runs side by side
      xrun report runs/NAME                   a run on one page, for a browser

      Exit codes: 0 done, 1 a gate failed, 2 wrong input, 3 the machine failed,
      4 diverged, 64 wrong usage, 70 a bug in xrun, 75 stopped early; 129, 130 or
      143 ended at once by a second signal (SIGHUP, SIGINT, SIGTERM).
      """,
    version: XRunVersion.text,
    subcommands: [
      TrainCommand.self, CheckCommand.self, PlanCommand.self, ExplainCommand.self, LsCommand.self,
      CompareCommand.self, DiffCommand.self, ReportCommand.self, EvalCommand.self,
      PredictCommand.self,
      ExportCommand.self, FetchCommand.self, CacheCommand.self, DoctorCommand.self,
      TuneCommand.self, SchemaCommand.self,
    ],
    defaultSubcommand: TrainCommand.self)

  /// Shells that complete a command line ask first; everything else is parsed.
  static func main() {
    if CompletionEntry.answered(CommandLine.arguments) { return }
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch let refusal as Refusal {
      exit(withError: refusal.outcome.exit)
    } catch {
      let code = exitCode(for: error)
      // Help is the parser's to print; a refused argument may be the name of any file.
      guard !code.isSuccess else { exit(withError: error) }
      let message = fullMessage(for: error)
      if !message.isEmpty {
        Terminal.write(VisibleText.of(message, keepsLines: true) + "\n", to: STDERR_FILENO)
      }
      Glibc.exit(code.rawValue)
    }
  }
}
