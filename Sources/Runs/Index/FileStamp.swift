import Glibc

/// By what a file is known to be the one that was read: whatever changes or replaces it changes this.
struct FileStamp: Sendable, Hashable {
  /// Nanoseconds since 1970.
  typealias Time = Int64

  /// False where there is no such file: then everything else is 0.
  var exists = false
  var device: UInt64 = 0
  var inode: UInt64 = 0
  var size: Int64 = 0
  var modified: Time = 0
  /// When anything of the file changed, its name or its times among them. Nobody can set it.
  var changed: Time = 0

  init() {}

  /// Nil for what is no file, or cannot be looked at.
  init?(_ path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else {
      guard errno == ENOENT else { return nil }
      return
    }
    guard status.st_mode & S_IFMT == S_IFREG else { return nil }
    exists = true
    device = UInt64(status.st_dev)
    inode = UInt64(status.st_ino)
    size = Int64(status.st_size)
    modified = Self.nanoseconds(status.st_mtim)
    changed = Self.nanoseconds(status.st_ctim)
  }

  private static func nanoseconds(_ time: timespec) -> Time {
    Time(time.tv_sec) &* 1_000_000_000 &+ Time(time.tv_nsec)
  }

  static func now() -> Time {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    return nanoseconds(now)
  }

  /// For how long a file must not have changed to be believed to stay: times are those of the last tick of a clock,
  /// some milliseconds, and a file that changes twice within one looks the same.
  static let settling: Time = 2_000_000_000

  func isSettled(before time: Time) -> Bool { !exists || max(modified, changed) < time }
}

/// The files that a reader reads.
struct RunStamps: Sendable, Hashable {
  enum File: UInt8, Sendable, CaseIterable {
    case record, metrics, timing

    /// Its own name.
    var name: String { String(path(in: RunFolder(existing: "")).dropFirst()) }

    func path(in folder: RunFolder) -> String {
      switch self {
      case .record: folder.record
      case .metrics: folder.metrics
      case .timing: folder.timing
      }
    }
  }

  let record: FileStamp
  let metrics: FileStamp
  let timing: FileStamp

  init(record: FileStamp, metrics: FileStamp, timing: FileStamp) {
    (self.record, self.metrics, self.timing) = (record, metrics, timing)
  }

  /// Nil where one of them is no file, or cannot be looked at.
  init?(_ folder: RunFolder) {
    guard let record = FileStamp(folder.record), let metrics = FileStamp(folder.metrics),
      let timing = FileStamp(folder.timing)
    else { return nil }
    self.init(record: record, metrics: metrics, timing: timing)
  }

  subscript(file: File) -> FileStamp {
    switch file {
    case .record: record
    case .metrics: metrics
    case .timing: timing
    }
  }

  func areSettled(before time: FileStamp.Time) -> Bool {
    record.isSettled(before: time) && metrics.isSettled(before: time)
      && timing.isSettled(before: time)
  }
}
