import Images
import Synchronization
import Tensors

/// The cached pictures of a loader's samples, for one pipeline.
package final class CachedPictures: Sendable {
  private struct Row: Sendable {
    var pack: PicturePack
    var entry: PackEntry
  }

  private let rows: [Row?]
  private let damaged = Mutex<Set<String>>([])

  /// - Parameter digests: of the samples' files, in their order.
  init(_ set: PackSet, digests: [String]) {
    rows = digests.map { text in
      guard let digest = ContentDigest(text), let place = set[digest] else { return nil }
      let pack = set.packs[place.pack]
      return Row(pack: pack, entry: pack.entries[place.entry])
    }
    for path in Set(rows.compactMap { $0?.pack.path }) {
      set.packs.first { $0.path == path }?.touch()
    }
  }

  /// How many of the samples are there.
  package var count: Int { rows.count { $0 != nil } }
  /// Their bytes.
  package var byteCount: Int { rows.reduce(0) { $0 + ($1?.entry.byteCount ?? 0) } }

  /// Gives the picture of a sample as the pipeline's prefix leaves it; false where it must be made from its file.
  package func load(_ sample: Int, into picture: inout Picture) -> Bool {
    guard let row = rows[sample] else { return false }
    if row.pack.read(row.entry, into: &picture) { return true }
    damaged.withLock { _ = $0.insert(row.pack.path) }
    return false
  }

  /// What turned out to be damaged since this was last asked.
  package func takeProblems() -> [String] {
    damaged.withLock { paths in
      defer { paths = [] }
      return paths.sorted().map { "\(PackError.torn($0))" }
    }
  }
}
