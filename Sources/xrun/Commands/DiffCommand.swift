import ArgumentParser
import Diagnostics
import Pages
import Reports
import Runs
import Tensors

/// `xrun diff A B`
struct DiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "Shows what differs between two runs.",
    usage: "xrun diff <run> <run> [options]",
    discussion: """
      Example: xrun diff runs/fc_only-1a2b3c4d-s0 runs/fc_only-5e6f7a8b-s0

      Settings with where each came from, code, weights, data, machine, results;
      pictures that were added, removed, relabelled or changed; the first step and
      the first epoch in which their numbers part; predictions that flipped. What
      is the same is named in one line at the end.

      Next: 'xrun compare' says whether such a difference is more than chance.
      """)

  enum Format: String, CaseIterable, ExpressibleByArgument { case text, json }

  @Argument(help: ArgumentHelp("A run folder.", valueName: "run"))
  var first: String

  @Argument(help: ArgumentHelp("Another one.", valueName: "run"))
  var second: String

  @Option(help: "How to write it: text or json.")
  var format: Format = .text

  @Flag(help: "The same as --format json.")
  var json = false

  @Option(
    help: ArgumentHelp(
      "Write a page with the pictures that flipped, too.", valueName: "file"))
  var html: String?

  func run() throws {
    let runs = try [first, second].map(RunPaths.single)
    let difference = RunDifference(runs[0], runs[1])
    if json || format == .json {
      Terminal.data(difference.json.text())
    } else {
      Terminal.print(difference.text(width: Terminal.tableWidth))
    }
    if let html {
      try Reading.writing { () throws(FileError) in
        try AtomicFile.write(
          path: html, text: FlipsPage.html(difference, threads: Threads.processors))
      }
    }
    RunPaths.report(runs)
  }
}
