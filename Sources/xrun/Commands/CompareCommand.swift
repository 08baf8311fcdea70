import ArgumentParser
import Glibc
import Reports
import Runs

/// `xrun compare PATH…`
struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Shows runs side by side with only the settings that differ.",
    discussion: """
      Example: xrun compare runs/

      Runs of one configuration are one row: their number n, and the mean ±
      standard deviation over seeds.
      Next: 'xrun eval RUN' evaluates a run's best weights again.
      """)

  @Argument(help: "Run folders, or folders of runs.")
  var paths: [String] = ["runs"]

  func run() throws {
    let runs = try RunPaths.read(paths)
    let comparison = Comparison(runs)
    if comparison.groups.isEmpty {
      Terminal.error("no runs with results in \(paths.joined(separator: ", "))")
    } else {
      Terminal.print(comparison.text(width: Terminal.width(STDOUT_FILENO)))
    }
    RunPaths.report(runs)
  }
}
