import ArgumentParser
import Experiments
import Glibc
import Reports
import Runs

/// `xrun ls [FOLDER]`
struct LsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ls",
    abstract: "Lists runs with their state and their best result.",
    discussion: """
      Example: xrun ls runs/

      A status 'killed' is of a run whose process is gone without a word; 'stale'
      of one on another machine that has not been heard of for five minutes.
      In a pipe all columns are printed.

      --json: one array with an object for each run: run, path, status, name,
      seed, configuration, epochs, best and test (metrics by name), seconds,
      started, ended, error. Unknown is null.

      Next: 'xrun compare runs/' shows only the settings that differ.
      """)

  @Argument(help: "A folder of runs; by default runs.")
  var folder: String?

  @Flag(help: "Write JSON: one array with an object for each run.")
  var json = false

  func run() throws {
    let runs = try RunPaths.read(folder.map { [$0] } ?? [])
    guard !json else {
      Terminal.print(RunTable.json(runs).text())
      return RunPaths.report(runs)
    }
    guard !runs.isEmpty else {
      Terminal.error("no runs in '\(folder ?? "runs")' yet")
      return
    }
    Terminal.print(RunTable.text(runs, width: Terminal.tableWidth))
    RunPaths.report(runs)
  }
}

/// Runs by paths: run folders, or folders of run folders.
enum RunPaths {
  /// - Parameter paths: the folder `runs`, if there is one, where empty.
  static func read(_ paths: [String]) throws -> [RunReader] {
    guard !paths.isEmpty else { return RunReader.all(in: "runs") }
    // Paths may overlap, and each run counts once.
    var seen = Set<String>()
    return try paths.flatMap { path -> [RunReader] in
      let path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
      var status = stat()
      let code = stat(path, &status) != 0 ? errno : status.st_mode & S_IFMT == S_IFDIR ? 0 : ENOTDIR
      guard code == 0 else {
        let reason = String(cString: strerror(code))
        Reading.report([
          .error("missing-run", "'\(path)' cannot be read: \(reason)", at: nil)
        ])
        throw Outcome.wrongInput.exit
      }
      let single = RunReader(path)
      return single.record != nil || !single.metrics.isEmpty ? [single] : RunReader.all(in: path)
    }.filter { seen.insert($0.folder.realPath ?? $0.folder.path).inserted }
  }

  /// Whether a path is a run's own folder, and no folder of runs.
  static func isRun(_ path: String) -> Bool {
    let folder = RunFolder(existing: path)
    return [folder.record, folder.metrics, folder.resolved, folder.freeze].contains {
      FilePath.entry(at: $0) == .file
    }
  }

  /// The run of one folder; a folder of several runs is none.
  static func single(_ path: String) throws -> RunReader {
    let runs = try read([path])
    if runs.count == 1, let run = runs.first, run.record != nil || !run.metrics.isEmpty {
      return run
    }
    Reading.report([
      .error(
        "missing-run", "'\(path)' is no run folder", at: nil,
        help: runs.count > 1 ? "it holds \(runs.count) runs: name one of them" : nil)
    ])
    throw Outcome.wrongInput.exit
  }

  /// Says what could not be read.
  static func report(_ runs: [RunReader]) {
    for run in runs { for problem in run.problems { Terminal.error("warning: \(problem)") } }
  }
}
