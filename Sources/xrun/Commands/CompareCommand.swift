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

  @Argument(help: "Run folders, or folders of runs; by default runs.")
  var paths: [String] = []

  func run() throws {
    let runs = try RunPaths.read(paths)
    let comparison = Comparison(runs)
    if comparison.groups.isEmpty {
      let places = paths.isEmpty ? "runs" : paths.joined(separator: ", ")
      Terminal.error("no finished runs in \(places) yet")
    } else {
      Terminal.print(comparison.text(width: Terminal.width(STDOUT_FILENO)))
    }
    RunPaths.report(runs)
  }
}
