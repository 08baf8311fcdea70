import Glibc

/// Threads of the system, for work that blocks or computes for long.
package enum Threads {
  /// How many processors this process may use: those of its affinity mask.
  package static var processors: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

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
