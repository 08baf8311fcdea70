import Images
import Synchronization
import Transforms

/// The cache of one run: what the store has of its pipelines' prefixes, filled while all pictures are looked at.
package final class PictureCache: Sendable {
  /// Which of the run's pipelines a picture goes through.
  package enum Use: String, Sendable { case train, eval }

  /// What a run had of the cache, for people and records.
  package struct Report: Sendable {
    package var folder: String
    /// All pictures of the run, once for each different beginning of the pipelines that they go through.
    package var pictures = 0
    /// Those of them that need not be decoded while training.
    package var cached = 0
    /// Those that were added by this run.
    package var added = 0
    /// Bytes of those that are cached.
    package var bytes = 0
    /// Files in the store that cannot be used, and why not everything was kept.
    package var problems: [String] = []
  }

  private struct State {
    var sets: [String: PackSet] = [:]
    var problems: [String] = []
  }

  private let store: PictureStore
  private let pipelines: [Use: [Pipeline]]
  private let budget = PackBudget()
  private let state = Mutex(State())

  /// - Parameter pipelines: all of the run; of those with equal prefixes one is enough.
  package init(_ store: PictureStore, pipelines: [Use: [Pipeline]]) {
    self.store = store
    self.pipelines = pipelines.mapValues { pipelines in
      var keys: Set<String> = []
      return pipelines.filter { keys.insert($0.prefix.key).inserted }
    }
    store.removeLeftovers()
    reload()
    let problems = state.withLock { $0.sets.values.flatMap { $0.problems.map { "\($0)" } } }
    state.withLock { $0.problems = problems.sorted() }
  }

  /// Opens what the store has now.
  private func reload() {
    for program in Set(pipelines.values.joined().map(\.prefix)) {
      let set = PackSet(store, program)
      state.withLock { $0.sets[program.key] = set }
    }
  }

  private func set(_ pipeline: Pipeline) -> PackSet? {
    state.withLock { $0.sets[pipeline.prefix.key] }
  }

  /// Looks at pictures, and keeps what is decoded.
  ///
  /// - Parameter uses: of the samples, in their order.
  package func scan(_ samples: [Sample], uses: [Use], threads: Int) -> PictureScan {
    let lanes = Set(uses).sorted { $0.rawValue < $1.rawValue }.flatMap { use in
      (pipelines[use] ?? []).compactMap { pipeline in set(pipeline).map { (use, pipeline, $0) } }
    }
    let filler = PackFiller(store, lanes, uses: uses, budget: budget)
    let scan = PictureScan(samples, threads: threads, visitor: filler)
    if let problem = filler.finish() {
      state.withLock { if !$0.problems.contains(problem) { $0.problems.append(problem) } }
    }
    reload()
    return scan
  }

  /// The pictures of a loader's samples; nil where none is there.
  package func pictures(_ pipeline: Pipeline, digests: [String]) -> CachedPictures? {
    guard let set = set(pipeline) else { return nil }
    let pictures = CachedPictures(set, digests: digests)
    return pictures.count > 0 ? pictures : nil
  }

  /// - Parameter digests: of all pictures of each use.
  package func report(_ digests: [Use: [String]]) -> Report {
    var report = Report(folder: store.folder)
    for (use, digests) in digests {
      for pipeline in pipelines[use] ?? [] {
        report.pictures += digests.count
        guard let pictures = pictures(pipeline, digests: digests) else { continue }
        report.cached += pictures.count
        report.bytes += pictures.byteCount
      }
    }
    report.added = budget.added
    report.problems = state.withLock { $0.problems }
    return report
  }
}
