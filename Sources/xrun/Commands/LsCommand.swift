import ArgumentParser
import Experiments
import Glibc
import Reports
import Runs
import Synchronization

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
    let found = try RunPaths.find(folder.map { [$0] } ?? [])
    defer { found.keep() }
    guard !json else {
      Terminal.data(RunTable.json(found.runs).text())
      return found.report()
    }
    if found.runs.isEmpty {
      Terminal.error("no runs in '\(folder ?? "runs")' yet")
    } else {
      Terminal.print(RunTable.text(found.runs, width: Terminal.tableWidth))
    }
    found.report()
  }
}

/// Runs by paths: run folders, or folders of run folders.
enum RunPaths {
  /// Runs, and the folders of runs that they are from.
  struct Found {
    var runs: [RunReader] = []
    var folders: [RunsFolder] = []
    /// Folders beside others in which there is nothing, which the answer would not show.
    var empty: [String] = []

    /// Keeps what is known now for the next command; to be called when people have their answer.
    func keep() { for folder in folders { folder.keep() } }

    /// Says what could not be read.
    func report() {
      for problem in folders.compactMap(\.problem) { Terminal.error("warning: \(problem)") }
      for path in empty { Terminal.error("warning: there is no run in '\(path)'") }
      RunPaths.report(runs)
    }
  }

  /// Runs stay until the process ends, which gives their memory back at once: run by run, it takes a twentieth
  /// of a command over thousands.
  private static let kept = Mutex<[RunReader]>([])

  /// - Parameter paths: the folder `runs`, if there is one, where empty.
  static func find(_ paths: [String]) throws -> Found {
    let store = Reading.runIndices
    var found = Found()
    func add(_ folder: RunsFolder) {
      found.folders.append(folder)
      found.runs += folder.runs
    }
    if paths.isEmpty { add(RunsFolder("runs", index: store)) }
    for path in paths {
      let path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
      var status = stat()
      let code = stat(path, &status) != 0 ? errno : status.st_mode & S_IFMT == S_IFDIR ? 0 : ENOTDIR
      guard code == 0 else {
        let reason = String(cString: strerror(code))
        throw Refusal([.error("missing-run", "'\(path)' cannot be read: \(reason)", at: nil)])
      }
      let single = RunReader(path)
      if single.isRun {
        found.runs.append(single)
      } else {
        let folder = RunsFolder(path, index: store)
        add(folder)
        if paths.count > 1, folder.runs.isEmpty, folder.problem == nil { found.empty.append(path) }
      }
    }
    // Paths may overlap, and each run counts once.
    if paths.count > 1 || found.folders.contains(where: \.hasLinks) {
      var seen = Set<String>()
      found.runs.removeAll { !seen.insert($0.folder.realPath ?? $0.folder.path).inserted }
    }
    let runs = found.runs
    kept.withLock { $0 += runs }
    return found
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
    let runs = try find([path]).runs
    if runs.count == 1, let run = runs.first, run.isRun { return run }
    throw Refusal([
      .error(
        "missing-run", "'\(path)' is no run folder", at: nil,
        help: runs.count > 1 ? "it holds \(runs.count) runs: name one of them" : nil)
    ])
  }

  /// Says what could not be read.
  static func report(_ runs: [RunReader]) {
    for run in runs { for problem in run.problems { Terminal.error("warning: \(problem)") } }
  }
}
