import ArgumentParser
import Glibc
import Loading
import Reports

/// `xrun cache ls` and `xrun cache prune`
struct CacheCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cache",
    abstract: "Shows and empties the cache of decoded pictures.",
    discussion: """
      Training keeps what a pipeline makes of each picture before chance comes in
      (decoding, Resize, ...), and later runs read that instead. Nothing else
      changes: metrics and weights are the same bytes with and without it.

      XRUN_CACHE       the cache's folder, instead of $XDG_CACHE_HOME/xrun or
                       ~/.cache/xrun; empty or 'off' turns the cache off
      XRUN_CACHE_SIZE  how large it may become: 500M, 20G; by default 8G. What was
                       not used for longest makes room.

      Example: xrun cache ls
      """,
    subcommands: [Ls.self, Prune.self])

  /// The store; where there is none, says so.
  private static func store() throws -> PictureStore? {
    if let store = try Reading.store() { return store }
    Terminal.error("the cache is off: XRUN_CACHE turns it off, or there is no HOME")
    return nil
  }

  struct Ls: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "ls",
      abstract: "Lists cached pictures by pipeline, the last used first.",
      discussion: """
        Example: xrun cache ls

        --json: folder, limit, bytes, pipelines (key, program, pictures, packs, bytes,
        last_use in seconds since 1970) and problems: files that cannot be used.
        """)

    @Flag(help: "Write JSON.")
    var json = false

    func run() throws {
      guard let store = try CacheCommand.store() else { return }
      let (programs, problems) = store.contents()
      guard !json else {
        Terminal.data(CacheText.json(programs, problems: problems, store: store).text())
        return
      }
      if programs.isEmpty {
        Terminal.error("nothing in '\(store.folder)' yet")
      } else {
        let table = CacheText.table(
          programs, now: Double(time(nil)), width: Terminal.tableWidth)
        Terminal.print(table)
        let bytes = programs.reduce(0) { $0 + $1.bytes }
        Terminal.error(
          "\(Numbers.bytes(bytes)) of at most \(Numbers.bytes(store.limit)) in \(store.folder)")
      }
      for problem in problems { Terminal.error("warning: \(problem)") }
    }
  }

  struct Prune: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "prune",
      abstract: "Removes cached pictures, those not used for longest first.",
      discussion: """
        Example: xrun cache prune --to 1G

        Without an option it removes what is over the limit, torn packs, and what killed
        runs left behind. Runs that read what is removed go on undisturbed. Files that
        are not the cache's stay.
        """)

    @Option(help: ArgumentHelp("Keep at most this much, such as 500M or 2G.", valueName: "size"))
    var to: String?

    @Flag(help: "Remove everything.")
    var all = false

    func validate() throws {
      if all, to != nil { throw ValidationError("'--all' and '--to' exclude each other") }
      if let to, ByteCount.parse(to) == nil {
        throw ValidationError("'--to' must be a size such as 500M or 2G, not '\(to)'")
      }
    }

    func run() throws {
      guard let store = try CacheCommand.store() else { return }
      let removed =
        all ? store.pruneAll() : store.tidy(to: to.flatMap(ByteCount.parse) ?? store.limit)
      Terminal.print(
        "removed \(Numbers.bytes(removed.bytes)) in \(Numbers.grouped(removed.packs)) packs")
      // What is known of runs is small, and made again by the next command that reads them.
      if all { _ = Reading.runIndices?.removeAll() }
      for failure in removed.failures { Terminal.error("error: \(failure)") }
      if !removed.failures.isEmpty { throw Outcome.machineFailed.exit }
    }
  }
}
