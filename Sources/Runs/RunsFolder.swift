import Glibc
import Tensors

/// A folder of runs.
package struct RunsFolder: Sendable {
  /// The oldest first; folders that hold no run come with a problem.
  package let runs: [RunReader]
  /// Why the folder cannot be read; nil where it can, and where there is none.
  package let problem: String?
  /// Whether some entry is a link, which may lead to a run that is here too.
  package let hasLinks: Bool
  private let keeping: Keeping?

  /// Where the index is kept, and how many runs it had.
  private struct Keeping: Sendable {
    let store: RunIndexStore
    let realPath: String
    let known: Int
  }

  /// More threads than processors, since a thread that waits for a disk uses none.
  package static let readers = max(16, Threads.processors)

  /// Reads all runs, on several threads.
  ///
  /// - Parameter store: where an index is used, and kept by `keep`; nil for none.
  package init(
    _ path: String, index store: RunIndexStore? = nil, threads: Int = readers
  ) {
    let (entries, code) = FolderEntries.of(path)
    problem =
      code == 0 || code == ENOENT ? nil : "\(path): \(String(cString: strerror(code)))"
    hasLinks = entries.contains { $0.isFolder && $0.isLink }
    // A disk reads what is near faster than what is here and there.
    let names = entries.filter { $0.isFolder && !$0.name.hasPrefix(".") }
      .sorted { $0.inode < $1.inode }.map(\.name)
    // 1. What is known.
    var index: RunIndex?
    if let store, names.count >= store.fewest, let real = RunFolder(existing: path).realPath {
      index = store.read(real)
      keeping = Keeping(store: store, realPath: real, known: index?.count ?? 0)
    } else {
      keeping = nil
    }
    // 2. The rest.
    let settling = store?.settling ?? FileStamp.settling
    let all = Threads.map(names.count, threads: threads) { [index] place in
      let folder = RunFolder(existing: path + "/" + names[place])
      if let run = index?.run(folder, named: names[place], settling: settling) { return run }
      return RunReader(
        folder, files: RunStamps(folder).map { (before: $0, settling: settling) })
    }
    // By places: the names are made from the paths each time.
    let keys = zip(all, names).map { ($0.record?.started ?? "", $1) }
    runs = keys.indices.sorted { keys[$0] < keys[$1] }.map { all[$0] }
  }

  /// How many runs were taken from the index, unread.
  package var taken: Int { runs.count { !$0.isFresh } }

  /// Keeps what is known now in the index, where it says less or much that is gone.
  package func keep() {
    guard let keeping else { return }
    guard keeping.known > runs.count * 5 / 4 || runs.contains(where: \.hasNews) else { return }
    let bytes = RunIndex.bytes(
      runs.map { (name: $0.folder.name, run: $0) }, of: keeping.realPath)
    keeping.store.write(bytes, of: keeping.realPath)
  }
}
