import Glibc

/// What the control groups (cgroups, version 1 and 2) of a process allow it; containers and batch systems set them.
package struct ControlGroup: Sendable, Hashable {
  /// Processors' worth of time, such as 1.5; nil where nothing limits it.
  package var processors: Double?
  /// Bytes of the group with the least room left; nil where nothing limits them.
  package var memory: Int?
  /// Bytes that this group holds and cannot give back at once; nil where it does not say.
  package var memoryInUse: Int?

  package init(processors: Double? = nil, memory: Int? = nil, memoryInUse: Int? = nil) {
    self.processors = processors
    self.memory = memory
    self.memoryInUse = memoryInUse
  }

  /// Those of this process, now.
  package static var current: ControlGroup { ControlGroup { SystemFile.text($0) } }

  /// Reads the groups from files, by their contents; nil stands for one that is not there.
  ///
  /// A limit of any group above counts as well as one of the innermost.
  package init(reading file: (_ path: String) -> String?) {
    self.init()
    let mounts = (file("/proc/self/mountinfo") ?? "").split(separator: "\n").compactMap(Mount.init)
    for line in (file("/proc/self/cgroup") ?? "").split(separator: "\n") {
      // `4:cpu,cpuacct:/a/b`, or `0::/a/b` for version 2; the path may hold colons.
      let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3 else { continue }
      let path = String(parts[2])
      if parts[0] == "0", parts[1].isEmpty {
        for mount in mounts where mount.controllers == nil {
          for folder in mount.folders(to: path) { readVersion2(folder, file) }
        }
        continue
      }
      for controller in parts[1].split(separator: ",") {
        for mount in mounts where mount.controllers?.contains(controller) == true {
          for folder in mount.folders(to: path) {
            switch controller {
            case "cpu": readProcessors1(folder, file)
            case "memory": readMemory1(folder, file)
            default: break
            }
          }
        }
      }
    }
  }

  private mutating func readVersion2(_ folder: String, _ file: (String) -> String?) {
    // `150000 100000`: microseconds of each period; or `max 100000`.
    let words = (file(folder + "/cpu.max") ?? "").split(whereSeparator: \.isWhitespace)
    if words.count == 2, let quota = Double(words[0]), let period = Double(words[1]) {
      limit(quota: quota, period: period)
    }
    // Above `high` the group is slowed down until it gives memory back, which is no way to train.
    for name in ["memory.max", "memory.high"] {
      guard let bytes = Self.number(file(folder + "/" + name)) else { continue }
      limit(
        memory: bytes, used: Self.number(file(folder + "/memory.current")),
        idle: Self.entry("inactive_file", in: file(folder + "/memory.stat")))
    }
  }

  private mutating func readProcessors1(_ folder: String, _ file: (String) -> String?) {
    // -1 stands for no limit.
    if let quota = Self.number(file(folder + "/cpu.cfs_quota_us")),
      let period = Self.number(file(folder + "/cpu.cfs_period_us"))
    {
      limit(quota: Double(quota), period: Double(period))
    }
  }

  private mutating func readMemory1(_ folder: String, _ file: (String) -> String?) {
    guard let bytes = Self.number(file(folder + "/memory.limit_in_bytes")) else { return }
    limit(
      memory: bytes, used: Self.number(file(folder + "/memory.usage_in_bytes")),
      idle: Self.entry("total_inactive_file", in: file(folder + "/memory.stat")))
  }

  private mutating func limit(quota: Double, period: Double) {
    guard quota > 0, period > 0 else { return }
    processors = min(processors ?? .infinity, quota / period)
  }

  private mutating func limit(memory bytes: Int, used: Int?, idle: Int?) {
    // Version 1 writes the greatest number of pages where there is no limit.
    guard bytes < 1 << 60 else { return }
    // Files that were read and can be read again make room when it is wanted.
    let held = used.map { max(0, $0 - (idle ?? 0)) }
    if let memory, memory - (memoryInUse ?? 0) <= bytes - (held ?? 0) { return }
    memory = bytes
    memoryInUse = held
  }

  private static func number(_ text: String?) -> Int? {
    text.flatMap { Int(String($0.prefix { !$0.isNewline })) }
  }

  /// `name 123` among lines.
  private static func entry(_ name: String, in text: String?) -> Int? {
    for line in (text ?? "").split(separator: "\n") {
      let words = line.split(separator: " ")
      if words.count == 2, words[0] == name { return Int(words[1]) }
    }
    return nil
  }
}

/// A place where a hierarchy of groups can be read.
private struct Mount {
  /// Those of version 1; nil for version 2.
  let controllers: [Substring]?
  /// The group that the folder shows: `/` but in containers.
  let root: String
  let folder: String

  /// - Parameter line: `31 23 0:28 / /sys/fs/cgroup/cpu rw,relatime … - cgroup cgroup rw,cpu`
  init?(_ line: Substring) {
    let words = line.split(separator: " ")
    // Optional fields stand before the hyphen.
    guard words.count > 6, let end = words.firstIndex(of: "-"), end >= 6, words.count > end + 1
    else { return nil }
    switch words[end + 1] {
    case "cgroup2": controllers = nil
    case "cgroup": controllers = words.last?.split(separator: ",") ?? []
    default: return nil
    }
    root = Self.unescaped(words[3])
    folder = Self.unescaped(words[4])
  }

  /// The folders of a group and of all above it, as far as they are shown here.
  func folders(to path: String) -> [String] {
    var folders = [folder]
    let names = path.split(separator: "/")
    let above = root.split(separator: "/")
    // A group outside of what is shown (`/../other`) leaves the shown root, whose limits count all the same.
    guard names.starts(with: above), !names.contains("..") else { return folders }
    for name in names.dropFirst(above.count) {
      folders.append((folders.last ?? folder) + "/" + name)
    }
    return folders
  }

  /// Spaces, tabs, newlines and backslashes stand as three octal digits.
  private static func unescaped(_ text: Substring) -> String {
    var result: [UInt8] = []
    var bytes = Array(text.utf8)[...]
    while let byte = bytes.popFirst() {
      let digits = bytes.prefix(3)
      if byte == UInt8(ascii: "\\"), digits.count == 3,
        let code = UInt8(String(decoding: digits, as: UTF8.self), radix: 8)
      {
        result.append(code)
        bytes = bytes.dropFirst(3)
      } else {
        result.append(byte)
      }
    }
    return String(decoding: result, as: UTF8.self)
  }
}
