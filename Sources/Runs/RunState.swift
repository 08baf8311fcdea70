import FoundationEssentials
import Glibc

/// How a run stands, as far as can be seen from here: a process that was killed could not say so itself.
package enum RunState: String, Sendable, Hashable {
  case running, completed, failed, stopped, diverged
  /// The record says `running`, and its process is gone from this machine.
  case killed
  /// The record says `running`, on another machine, and has not been renewed for minutes.
  case stale
}

/// The process of a run; its start tells it from a later one of the same number.
package struct RunProcess: Codable, Sendable, Hashable {
  package var pid: Int
  /// Clock ticks since the machine's start.
  package var startTicks: Int?

  package init(pid: Int, startTicks: Int?) {
    self.pid = pid
    self.startTicks = startTicks
  }

  /// This process.
  package static var current: RunProcess {
    let pid = Int(getpid())
    return RunProcess(pid: pid, startTicks: found(pid)?.startTicks)
  }

  /// Whether it is there, and no zombie.
  package var isAlive: Bool {
    guard let found = Self.found(pid), !"ZX".contains(found.state) else { return false }
    return startTicks == nil || startTicks == found.startTicks
  }

  private static func found(_ pid: Int) -> (state: Character, startTicks: Int?)? {
    guard let file = fopen("/proc/\(pid)/stat", "r") else { return nil }
    defer { fclose(file) }
    var line = [UInt8](repeating: 0, count: 1024)
    let count = fread(&line, 1, line.count, file)
    // `pid (name) state …`: the name may hold anything, so the fields are those behind its end.
    let text = String(decoding: line[..<count], as: UTF8.self)
    guard let end = text.lastIndex(of: ")") else { return nil }
    let fields = text[text.index(after: end)...].split(separator: " ")
    guard let state = fields.first?.first else { return nil }
    return (state, fields.count > 19 ? Int(fields[19]) : nil)
  }

  /// This machine's name.
  package static var host: String {
    var name = [CChar](repeating: 0, count: 256)
    guard gethostname(&name, name.count - 1) == 0 else { return "?" }
    return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}

extension RunRecord {
  /// Running records are renewed every half minute; ten times that is no delay of a file system.
  static let staleSeconds = 300.0

  /// How the run stands, as seen from a host at a time.
  package func state(on host: String = RunProcess.host, at now: Date = .now) -> RunState {
    switch status {
    case .completed: return .completed
    case .failed: return .failed
    case .stopped: return .stopped
    case .diverged: return .diverged
    case .running:
      if machine.host == host, let process { return process.isAlive ? .running : .killed }
      guard let beat = try? Date(heartbeat, strategy: .iso8601) else { return .stale }
      return now.timeIntervalSince(beat) > Self.staleSeconds ? .stale : .running
    }
  }
}
