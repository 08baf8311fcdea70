import Glibc

/// How much of this process's memory is in the machine's, by the system's own count.
package enum ResidentMemory {
  /// Bytes now; 0 where the system does not say.
  package static var now: Int { bytes("VmRSS") }
  /// The most bytes since it started; 0 where the system does not say.
  package static var peak: Int { bytes("VmHWM") }

  /// A line of `/proc/self/status`, such as `VmRSS:  24 kB`.
  private static func bytes(_ name: String) -> Int {
    guard let file = fopen("/proc/self/status", "r") else { return 0 }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 256)
    while fgets(&line, 256, file) != nil {
      let text = line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
      let words = String(decoding: text, as: UTF8.self).split { " \t\n".contains($0) }
      if words.count >= 2, words[0] == name + ":" { return (Int(words[1]) ?? 0) << 10 }
    }
    return 0
  }
}
