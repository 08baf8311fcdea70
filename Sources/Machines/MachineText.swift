import Reports

/// What `xrun doctor` prints for people: a line for each fact, its name at the left.
package struct MachineText {
  private let machine: Machine

  package init(_ machine: Machine) { self.machine = machine }

  /// Lines are no wider, but for a path that is longer.
  static let width = 80
  private static let margin = 12

  /// Several lines, without a newline at the end.
  package func text() -> String {
    (head + threads + speed + room + weights).flatMap { Self.row($0.0, $0.1) }
      .joined(separator: "\n")
  }

  // MARK: What computes

  private var head: [(String, String)] {
    let processor = machine.processor
    let libraries = machine.libraries
    var rows = [
      ("xrun", machine.version),
      ("processor", "\(processor.name), \(machine.threads.used) usable"),
    ]
    if !processor.instructionSets.isEmpty {
      rows.append(("", processor.instructionSets.joined(separator: " ")))
    }
    rows += [("kernels", processor.kernels), ("provider", libraries.provider.rawValue)]
    switch libraries.oneDNN {
    case .loaded(let version, let kernels):
      rows.append(("oneDNN", version + (kernels.isEmpty ? "" : ", \(kernels)")))
    case .missing(let why): rows.append(("oneDNN", "not used: \(why)"))
    }
    switch libraries.openBLAS {
    case .loaded(let version, let core):
      rows.append(("OpenBLAS", "\(version), core \(core)"))
      if let wanted = libraries.wantedCore {
        let who = libraries.isWantedCoreOurs ? "xrun set" : "the environment sets"
        rows.append(("", "\(who) OPENBLAS_CORETYPE=\(wanted)"))
      }
    case .missing(let why):
      rows.append(("OpenBLAS", "not used: \(why); our own products stand in"))
    }
    if !libraries.pictures.isEmpty {
      let versions = libraries.pictures.sorted { $0.key < $1.key }
      rows.append(("pictures", versions.map { "\($0.key) \($0.value)" }.joined(separator: ", ")))
    }
    return rows
  }

  private var threads: [(String, String)] {
    let threads = machine.threads
    var why = ["\(threads.processors) \(threads.processors == 1 ? "processor" : "processors")"]
    why.append("affinity \(threads.affinity)")
    why.append(threads.quota.map { "quota \(Numbers.fixed($0, 2))" } ?? "no quota")
    if let load = threads.load { why.append("load \(Numbers.fixed(load, 1))") }
    return [
      ("threads", "\(threads.used) compute, \(threads.used) load pictures"),
      ("", why.joined(separator: ", ")),
    ]
  }

  private var speed: [(String, String)] {
    guard let speed = machine.speed else { return [] }
    func both(_ one: Double, _ all: Double, _ unit: String, _ digits: Int) -> String {
      let alone = "\(Numbers.fixed(one, digits)) \(unit) on 1 thread"
      return speed.threads == 1
        ? alone : alone + ", \(Numbers.fixed(all, digits)) on \(speed.threads)"
    }
    var rows = [("products", both(speed.own.one, speed.own.all, "GFLOP/s", 0) + ": ours")]
    if let library = speed.openBLAS {
      rows.append(("", both(library.one, library.all, "GFLOP/s", 0) + ": OpenBLAS"))
    }
    if let bandwidth = speed.bandwidth {
      rows.append(("bandwidth", both(bandwidth.one, bandwidth.all, "GB/s", 1)))
    }
    if let ratio = speed.twoToOne {
      rows.append(("state", "2 threads do \(Numbers.fixed(ratio, 2)) times as much as 1"))
    }
    rows.append(
      (
        speed.twoToOne == nil ? "state" : "",
        "threads had a processor for \(Numbers.fixed(speed.share * 100, 0)) % of the time"
      ))
    return rows
  }

  // MARK: Room

  private var room: [(String, String)] {
    let memory = machine.memory
    var rows: [(String, String)] = []
    if let total = memory.total {
      let free = memory.available.map { "\(Self.gib($0)) available of " } ?? ""
      rows.append(("memory", free + Self.gib(total)))
    }
    rows.append(
      (
        rows.isEmpty ? "memory" : "",
        memory.limit.map { limit in
          let used = memory.used.map { ", \(Self.gib($0)) in use" } ?? ""
          return "control group: \(Self.gib(limit))" + used
        } ?? "no limit by a control group"
      ))
    rows.append(("huge pages", memory.hugePages ?? "not known"))
    rows.append(("runs", Self.folder(machine.runs)))
    rows.append(("temporary", Self.folder(machine.temporary)))
    return rows
  }

  private static func folder(_ folder: Machine.Folder) -> String {
    guard folder.isWritable else { return "\(folder.path): not writable" }
    return folder.path + (folder.free.map { ": \(gib($0)) free" } ?? "")
  }

  private static func gib(_ bytes: Int) -> String {
    bytes < 1 << 30
      ? Numbers.bytes(bytes) : Numbers.fixed(Double(bytes) / Double(1 << 30), 1) + " GiB"
  }

  // MARK: Weights

  private var weights: [(String, String)] {
    let weights = machine.weights
    var rows: [(String, String)] = []
    if let builtin = weights.builtin {
      rows.append(("weights", "builtin: \(builtin)"))
    } else {
      rows.append(("weights", "builtin: not found; looked at"))
      rows += weights.places.map { ("", $0) }
    }
    rows.append(
      (
        "",
        weights.published.isEmpty
          ? "published: none here" : "published: " + weights.published.joined(separator: ", ")
      ))
    if let curl = weights.curl {
      let mirror = weights.mirror.map { " from \($0)" } ?? ", no mirror named"
      rows.append(("fetching", "by \(curl)\(mirror)"))
    } else {
      rows.append(("fetching", "not possible: there is no curl"))
    }
    switch weights.server {
    case .notAsked: break
    case .answers: rows.append(("", "the server answers"))
    case .silent: rows.append(("", "the server does not give them"))
    }
    if let folder = weights.folder { rows.append(("", "to \(Self.folder(folder))")) }
    return rows
  }

  // MARK: Lines

  /// A name with its fact, over more lines where one is too short.
  private static func row(_ name: String, _ fact: String) -> [String] {
    let margin = String(repeating: " ", count: Self.margin)
    var lines: [String] = []
    var line = name + String(repeating: " ", count: max(1, Self.margin - name.count))
    var isEmpty = true
    for word in fact.split(separator: " ", omittingEmptySubsequences: false) {
      if !isEmpty, line.count + 1 + word.count > width {
        lines.append(line)
        line = margin
        isEmpty = true
      }
      line += (isEmpty ? "" : " ") + word
      isEmpty = false
    }
    return lines + [line]
  }
}
