import ArgumentParser
import Diagnostics
import Experiments
import Pages
import Reports
import Runs
import Tensors

/// `xrun report PATH…`
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Writes a run's page, or that of a comparison: one HTML file.",
    usage: "xrun report <path> ... [options]",
    discussion: """
      Example: xrun report runs/fc_only-1a2b3c4d-s0

      One run folder: everything in it on one page, written to report.html in the
      folder, as at the end of each training. Several, or a folder of runs: their
      comparison, written to comparison.html in the folder that holds them all, or
      in the working directory, with the options of 'xrun compare'. Prints the
      file's path. The page needs no network: pictures are in it.

      Next: docs/guide/report.md says what each part means.
      """)

  @Argument(help: "Run folders, or folders of runs.")
  var paths: [String]

  @Option(name: [.short, .long], help: "Where to write it; '-' for standard output.")
  var output: String?

  @OptionGroup var comparing: ComparisonOptions

  func run() throws {
    if paths.count == 1, RunPaths.isRun(paths[0]) {
      if let option = comparing.given.first {
        throw ValidationError(
          "\(option) is about several runs, and '\(paths[0])' is one: name others beside it")
      }
      let path = paths[0]
      let folder = RunFolder(
        existing: path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path)
      try write(RunPage.html(folder, threads: Threads.processors), to: folder.report)
      return RunPaths.report([RunReader(folder.path)])
    }
    var found = try RunPaths.find(paths)
    defer { found.keep() }
    let comparison = try comparing.comparison(of: &found)
    guard !comparison.groups.isEmpty else {
      let message =
        comparison.hidden > 0
        ? "no row fits --filter, of \(comparison.hidden)"
        : "there are no finished runs in \(Suggestion.list(paths)) to compare"
      Reading.report([.error("missing-run", message, at: nil)])
      throw Outcome.wrongInput.exit
    }
    let folder = paths.count == 1 ? paths[0] : "."
    let file = output.map { $0 == "-" ? "./-" : $0 } ?? folder + "/comparison.html"
    let directory = Reading.absolute(FilePath.directory(of: file))
    let page = ComparisonPage.html(
      comparison, runs: found.runs, in: directory, threads: Threads.processors)
    try write(page, to: FilePath.shortened(folder + "/comparison.html"))
    found.report()
  }

  private func write(_ page: String, to standard: String) throws {
    let path = output ?? standard
    guard path != "-" else { return Terminal.write(page, to: 1) }
    try Reading.writing { () throws(FileError) in
      try AtomicFile.write(path: path, text: page)
    }
    Terminal.value(path)
  }
}
