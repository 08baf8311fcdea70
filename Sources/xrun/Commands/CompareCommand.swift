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
      standard deviation over seeds. In a pipe all columns are printed.

      --json: one array with an object for each configuration: runs, n,
      configuration, seeds; val/acc1, val/loss and test/acc1, each with mean and
      standard_deviation; epochs, seconds, images_per_second; differing. Unknown
      is null.

      Next: 'xrun eval RUN' evaluates a run's best weights again.
      """)

  @Argument(help: "Run folders, or folders of runs; by default runs.")
  var paths: [String] = []

  @Flag(help: "Write JSON: one array with an object for each configuration.")
  var json = false

  func run() throws {
    let runs = try RunPaths.read(paths)
    let comparison = Comparison(runs)
    if json {
      Terminal.print(comparison.json.text())
    } else if comparison.groups.isEmpty {
      let places = paths.isEmpty ? "runs" : paths.joined(separator: ", ")
      Terminal.error("no finished runs in \(places) yet")
    } else {
      Terminal.print(comparison.text(width: Terminal.tableWidth))
    }
    RunPaths.report(runs)
    for problem in comparison.problems { Terminal.error("warning: \(problem)") }
  }
}
