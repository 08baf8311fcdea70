import Images
import Synchronization
import Tensors
import Transforms

/// Keeps what the look at all pictures decodes: the prefixes' bytes go into packs, in the order of the samples.
///
/// The order makes packs a function of the pictures and of what was there before, whatever the threads do, so that
/// two runs at once write the same files. A thread that is ahead leaves its pictures and goes on, up to a bound.
final class PackFiller: PictureVisitor, @unchecked Sendable {
  // Everything mutable is guarded by the lock, but for a box, which belongs to who took it.

  /// A thread's memory for one picture of one program.
  private final class Box {
    var canvas = Canvas()
  }
  private struct Item {
    var lane: Int
    var digest: ContentDigest
    var box: Box
  }
  private struct Lane {
    let use: PictureCache.Use
    let pipeline: Pipeline
    let set: PackSet
    var writer: PackWriter?
    var added: Set<ContentDigest> = []
  }

  private let store: PictureStore
  private let budget: PackBudget
  private let uses: [PictureCache.Use]
  private let lock = Condition()
  private var lanes: [Lane]
  private var boxes: [Box] = []
  private var pending: [Int: [Item]] = [:]
  private var pendingBytes = 0
  private var next = 0
  /// Why no more is kept; what was published stays.
  private var stop: String?

  /// Bytes that may wait for their turn.
  private static let pendingLimit = 64 << 20

  /// - Parameters:
  ///   - pipelines: those of one use have prefixes of different programs.
  ///   - uses: of the pictures that will be visited, in their order.
  init(
    _ store: PictureStore, _ pipelines: [(PictureCache.Use, Pipeline, PackSet)],
    uses: [PictureCache.Use], budget: PackBudget
  ) {
    self.store = store
    self.budget = budget
    self.uses = uses
    lanes = pipelines.map { Lane(use: $0.0, pipeline: $0.1, set: $0.2) }
  }

  // MARK: Visiting

  func knows(_ index: Int, digest: String) -> Bool {
    guard let digest = ContentDigest(digest) else { return false }
    return lock.locked {
      // Where no pipeline is for its use, nobody has ever decoded it.
      var uncached = 0
      var cached = 0
      for lane in lanes where lane.use == uses[index] {
        if let place = lane.set[digest] {
          budget.keep(lane.set.packs[place.pack])
          cached += 1
        } else {
          uncached += 1
        }
      }
      return cached > 0 && uncached == 0
    }
  }

  func visit(
    _ index: Int, digest: String, _ picture: borrowing Picture, of file: UnsafeRawBufferPointer
  ) {
    var items: [Item] = []
    if let digest = ContentDigest(digest) {
      for lane in lanes(for: uses[index], without: digest) {
        let box = takeBox()
        let pipeline = pipeline(lane)
        do {
          if pipeline.decodedSize == nil {
            box.canvas.picture.assign(picture)
          } else {
            try pipeline.decode(file, into: &box.canvas)
          }
          try pipeline.runPrefix(on: &box.canvas)
          items.append(Item(lane: lane, digest: digest, box: box))
        } catch {
          // The loader says it at the picture's turn, as without a cache.
          give(box)
        }
      }
    }
    deposit(index, items)
  }

  func skip(_ index: Int) { deposit(index, []) }

  private func lanes(for use: PictureCache.Use, without digest: ContentDigest) -> [Int] {
    lock.locked {
      guard stop == nil else { return [] }
      return lanes.indices.filter { lanes[$0].use == use && lanes[$0].set[digest] == nil }
    }
  }

  private func pipeline(_ lane: Int) -> Pipeline { lock.locked { lanes[lane].pipeline } }
  private func takeBox() -> Box { lock.locked { boxes.popLast() ?? Box() } }
  private func give(_ box: Box) { lock.locked { boxes.append(box) } }

  // MARK: Writing

  private func deposit(_ index: Int, _ items: [Item]) {
    lock.locked {
      // Who has the next picture never waits, so that the others' waiting ends.
      while index != next, pendingBytes > Self.pendingLimit { lock.wait() }
      pending[index] = items
      pendingBytes += items.reduce(0) { $0 + $1.box.canvas.picture.byteCount }
      while let items = pending.removeValue(forKey: next) {
        for item in items {
          pendingBytes -= item.box.canvas.picture.byteCount
          append(item)
          boxes.append(item.box)
        }
        next += 1
      }
      lock.broadcast()
    }
  }

  private func append(_ item: Item) {
    guard stop == nil, lanes[item.lane].added.insert(item.digest).inserted else { return }
    let count = item.box.canvas.picture.byteCount + PackFormat.entryBytes
    guard count > PackFormat.entryBytes else { return }
    do throws(FileError) {
      let program = lanes[item.lane].set.program
      if lanes[item.lane].writer == nil {
        lanes[item.lane].writer = try PackWriter.begin(
          store.folder(of: program), program, calls: store.calls)
      }
      guard let writer = lanes[item.lane].writer, budget.take(count, of: store.limit)
      else {
        return end("its limit of \(store.limit >> 20) MiB is reached (XRUN_CACHE_SIZE)")
      }
      if let free = store.freeBytes(), free < count {
        return end("the disk of '\(store.folder)' is nearly full")
      }
      try writer.append(item.digest, item.box.canvas.picture)
      if writer.byteCount >= store.packBytes { try publish(item.lane) }
    } catch {
      fail(error)
    }
  }

  private func publish(_ lane: Int) throws(FileError) {
    guard let writer = lanes[lane].writer else { return }
    lanes[lane].writer = nil
    guard writer.count > 0 else { return writer.abandon() }
    store.prune(to: store.limit - writer.endedByteCount, keeping: budget.kept)
    budget.keep(path: try writer.publish())
    budget.count(writer.count)
  }

  /// Keeps what there is, and no more.
  private func end(_ reason: String) {
    stop = reason
    do throws(FileError) {
      for lane in lanes.indices { try publish(lane) }
    } catch {
      fail(error)
    }
  }

  private func fail(_ error: FileError) {
    stop = "\(error)"
    for lane in lanes.indices {
      lanes[lane].writer?.abandon()
      lanes[lane].writer = nil
    }
  }

  /// Ends the packs that were begun; why not all is kept, where that is so.
  func finish() -> String? {
    lock.locked {
      do throws(FileError) {
        for lane in lanes.indices { try publish(lane) }
      } catch {
        fail(error)
      }
      return stop
    }
  }
}

/// The bytes that a run's own packs have: those it uses and those it writes, none of which make room for others.
final class PackBudget: Sendable {
  private struct State {
    var kept: Set<String> = []
    var bytes = 0
    var added = 0
  }
  private let state = Mutex(State())

  /// Paths of packs that stay.
  var kept: Set<String> { state.withLock { $0.kept } }
  /// How many pictures were added, once for each program.
  var added: Int { state.withLock { $0.added } }

  func keep(_ pack: PicturePack) {
    state.withLock { state in
      if state.kept.insert(pack.path).inserted { state.bytes += pack.byteCount }
    }
  }

  /// A pack whose bytes were taken already.
  func keep(path: String) { state.withLock { _ = $0.kept.insert(path) } }
  func count(_ added: Int) { state.withLock { $0.added += added } }

  /// Takes bytes, unless the limit would be passed.
  func take(_ count: Int, of limit: Int) -> Bool {
    state.withLock { state in
      guard state.bytes + count <= limit else { return false }
      state.bytes += count
      return true
    }
  }
}
