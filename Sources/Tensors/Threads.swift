import Glibc
import Synchronization

/// Threads of the system, for work that blocks or computes for long.
package enum Threads {
  /// How many processors this process may use: those of its affinity mask, and no more than the time that its
  /// control groups give it.
  ///
  /// Found once, so that all parts of a run go by the same number.
  package static let processors = usable(affinity: affinity, quota: ControlGroup.current.processors)

  /// How many threads can run at once.
  ///
  /// - Parameters:
  ///   - affinity: processors that the system may put threads on.
  ///   - quota: processors' worth of time. Part of one more is used too: with 1.5 two threads do half as much again
  ///     as one.
  package static func usable(affinity: Int, quota: Double?) -> Int {
    let limit = quota.map { $0.rounded(.up) } ?? .infinity
    return limit < Double(affinity) ? max(1, Int(limit)) : max(1, affinity)
  }

  /// Processors that the machine has and that are on.
  package static var online: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

  /// Processors of this process's affinity mask, which `taskset`, batch systems and containers narrow.
  package static var affinity: Int {
    // `sched_getaffinity` is behind a macro that Swift's Glibc does not set, and needs a mask of the right length.
    SystemFile.text("/proc/self/status").flatMap(affinity(in:)) ?? online
  }

  /// The processors of `Cpus_allowed_list`, such as `0-3,8`, among the lines of `/proc/self/status`.
  package static func affinity(in status: String) -> Int? {
    let name = "Cpus_allowed_list:"
    guard let line = status.split(separator: "\n").first(where: { $0.hasPrefix(name) }) else {
      return nil
    }
    var count = 0
    for part in line.dropFirst(name.count).split(whereSeparator: { $0 == "," || $0.isWhitespace }) {
      let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
      guard let first = ends[0], ends.count <= 2, let last = ends.count == 1 ? first : ends[1],
        first >= 0, last >= first
      else { return nil }
      count += last - first + 1
    }
    return count > 0 ? count : nil
  }

  /// Runs `body` for each number below `count`, each once, on up to `threads` threads; returns when all are done.
  ///
  /// Which thread runs which number is open; `body` must give the same whatever the answer.
  package static func forEach(
    _ count: Int, threads: Int, _ body: @escaping @Sendable (_ index: Int) -> Void
  ) {
    let workers = min(max(1, threads), count)
    guard workers > 1 else {
      for index in 0..<count { body(index) }
      return
    }
    let counter = Counter()
    let running = (1..<workers).map { _ in
      Worker { while let index = counter.next(below: count) { body(index) } }
    }
    while let index = counter.next(below: count) { body(index) }
    for worker in running { worker.join() }
  }

  /// What `body` gives for each number below `count`, in their order, by `forEach`.
  package static func map<Value: Sendable>(
    _ count: Int, threads: Int = processors,
    _ body: @escaping @Sendable (_ index: Int) -> Value
  ) -> [Value] {
    // Giving out many small ones one by one would take longer than the work.
    let piece = max(1, min(16, count / (4 * max(1, threads))))
    let pieces = (count + piece - 1) / piece
    let values = Mutex([[Value]](repeating: [], count: pieces))
    forEach(pieces, threads: threads) { number in
      let own = (number * piece..<min(count, (number + 1) * piece)).map(body)
      values.withLock { $0[number] = own }
    }
    return values.withLock { $0.flatMap { $0 } }
  }

  /// Gives out numbers, each once.
  private final class Counter: @unchecked Sendable {
    // Guarded by the lock.
    private var value = 0
    private let lock = Condition()

    func next(below limit: Int) -> Int? {
      lock.locked {
        guard value < limit else { return nil }
        defer { value += 1 }
        return value
      }
    }
  }

  /// One running thread.
  package final class Worker: @unchecked Sendable {
    // Written once, before anyone else sees the worker.
    private var thread = pthread_t()

    package init(_ body: @escaping @Sendable () -> Void) {
      let box = Unmanaged.passRetained(Box(body))
      let status = pthread_create(
        &thread, nil,
        { argument in
          guard let argument else { return nil }
          Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().body()
          return nil
        }, box.toOpaque())
      precondition(status == 0, "the system starts a thread: \(String(cString: strerror(status)))")
    }

    /// Waits for the end; once for each worker.
    package func join() { pthread_join(thread, nil) }

    private final class Box {
      let body: @Sendable () -> Void
      init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
  }
}

/// A lock with a place to wait for a change of what it guards.
package final class Condition: @unchecked Sendable {
  // pthread objects must not move, so they live outside.
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  package init() {
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  package func locked<Result>(_ body: () -> Result) -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return body()
  }

  /// Gives up the lock until somebody broadcasts; only inside `locked`, and in a loop.
  package func wait() { pthread_cond_wait(condition, mutex) }
  package func broadcast() { pthread_cond_broadcast(condition) }
}
