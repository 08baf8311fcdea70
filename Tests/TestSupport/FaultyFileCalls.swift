import Glibc
import Synchronization
import Tensors

/// The system's calls, of which the Nth fails (once or from then on), or which write little at a time.
package final class FaultyFileCalls: FileCalls {
  private struct State {
    var calls = 0
    var writes = 0
    var open = 0
    var hasFailed = false
    var log: [String] = []
  }

  private let state = Mutex(State())
  private let system = SystemFileCalls()
  private let failAt: Int?
  private let lasting: Bool
  private let code: Int32
  private let longestWrite: Int
  private let interruptsEverySecondWrite: Bool

  package init(
    failAt: Int? = nil, lasting: Bool = false, code: Int32 = ENOSPC, longestWrite: Int = .max,
    interruptsEverySecondWrite: Bool = false
  ) {
    self.failAt = failAt
    self.lasting = lasting
    self.code = code
    self.longestWrite = longestWrite
    self.interruptsEverySecondWrite = interruptsEverySecondWrite
  }

  package var log: [String] { state.withLock { $0.log } }
  package var hasFailed: Bool { state.withLock { $0.hasFailed } }
  package var openDescriptors: Int { state.withLock { $0.open } }

  /// Counts a call; whether it is one to fail.
  private func fails(_ name: String) -> Bool {
    state.withLock { state in
      state.calls += 1
      let fails = failAt.map { state.calls == $0 || lasting && state.calls > $0 } ?? false
      state.hasFailed = state.hasFailed || fails
      state.log.append("\(name) \(fails ? "failed" : "ok")")
      return fails
    }
  }

  private func answer<Status: FixedWidthInteger>(_ name: String, _ call: () -> Status) -> Status {
    guard fails(name) else { return call() }
    errno = code
    return -1
  }

  package func open(_ path: String, flags: Int32, mode: mode_t) -> Int32 {
    let descriptor = answer("open") { system.open(path, flags: flags, mode: mode) }
    if descriptor >= 0 { state.withLock { $0.open += 1 } }
    return descriptor
  }

  package func write(_ descriptor: Int32, _ bytes: UnsafeRawPointer, _ count: Int) -> Int {
    let isInterrupted = state.withLock { state in
      state.writes += 1
      let isInterrupted = interruptsEverySecondWrite && state.writes % 2 == 0
      if isInterrupted { state.log.append("write interrupted") }
      return isInterrupted
    }
    if isInterrupted {
      errno = EINTR
      return -1
    }
    return answer("write") { system.write(descriptor, bytes, min(count, longestWrite)) }
  }

  package func sync(_ descriptor: Int32) -> Int32 { answer("sync") { system.sync(descriptor) } }

  /// A failing `close` releases the descriptor all the same, as Linux does.
  package func close(_ descriptor: Int32) -> Int32 {
    state.withLock { $0.open -= 1 }
    let status = system.close(descriptor)
    return answer("close") { status }
  }

  package func rename(_ old: String, to new: String) -> Int32 {
    answer("rename") { system.rename(old, to: new) }
  }

  package func remove(_ path: String) -> Int32 { answer("remove") { system.remove(path) } }
}
