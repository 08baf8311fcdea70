import Glibc
import Kernels
import Models
import Tensors
import Training

extension Machine {
  /// Looks at this machine; loads the libraries, and measures for about half a second.
  ///
  /// - Parameters:
  ///   - measures: whether to say how fast it is.
  ///   - asksServer: whether to ask for published weights, which opens a connection and may take five seconds.
  ///   - runs: where run folders would go.
  package static func read(
    version: String, measures: Bool = true, asksServer: Bool = false, runs: String = "runs"
  ) -> Machine {
    let memory = Memory.read()
    return Machine(
      version: version,
      processor: Processor(
        name: MachineReport().processor,
        instructionSets: Processor.instructionSets(in: SystemFile.text("/proc/cpuinfo") ?? ""),
        kernels: ComputeLibraries.instructionSet, bestKernels: ComputeLibraries.bestInstructionSet),
      libraries: .read(),
      threads: ThreadCounts(
        processors: Threads.online, affinity: Threads.affinity,
        quota: ControlGroup.current.processors, used: Threads.processors,
        load: SystemFile.text("/proc/loadavg")?.split(separator: " ").first.flatMap { Double($0) }),
      memory: memory,
      // 64 threads say what more would, and OpenBLAS has room for no more callers at once than it was built for.
      // The arrays are small beside what any run takes, but not beside nothing.
      speed: measures
        ? Calibration.measure(
          threads: min(Threads.processors, 64),
          usesMemory: memory.usable.map { $0 > 512 << 20 } ?? false) : nil,
      runs: Folder.read(runs), temporary: Folder.read(variable("TMPDIR") ?? "/tmp"),
      weights: .read(asksServer: asksServer))
  }

  /// Nil where it is empty, as where it is not set.
  fileprivate static func variable(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
  }
}

extension Machine.Processor {
  /// Those that decide which kernels can run, from the text of `/proc/cpuinfo`.
  static func instructionSets(in text: String) -> [String] {
    // x86 has `flags`, ARM `Features`.
    let line = text.split(separator: "\n").first {
      $0.hasPrefix("flags") || $0.hasPrefix("Features")
    }
    guard let line, let colon = line.firstIndex(of: ":") else { return [] }
    let all = Set(line[line.index(after: colon)...].split(separator: " "))
    return [
      "sse4_2", "avx", "avx2", "fma", "f16c", "avx512f", "avx512dq", "avx512bw", "avx512vl",
      "avx512_vnni", "avx512_bf16", "avx512_fp16", "amx_tile", "amx_bf16", "asimd", "asimddp",
      "bf16", "i8mm", "sve", "sve2",
    ].filter { all.contains(Substring($0)) }
  }
}

extension Machine.Libraries {
  fileprivate static func read() -> Machine.Libraries {
    let wanted = ComputeLibraries.openBLASWantedCore
    return Machine.Libraries(
      provider: .best,
      oneDNN: ComputeLibraries.oneDNNVersion.map {
        .loaded(version: $0, kernels: ComputeLibraries.oneDNNInstructionSet)
      } ?? .missing(why: ComputeLibraries.oneDNNProblem ?? "it does not load"),
      openBLAS: ComputeLibraries.openBLASVersion.map {
        .loaded(version: $0, kernels: ComputeLibraries.openBLASCore)
      } ?? .missing(why: ComputeLibraries.openBLASProblem ?? "it does not load"),
      wantedCore: wanted?.name, isWantedCoreOurs: wanted?.isOurs ?? false,
      pictures: MachineReport.pictureLibraries)
  }
}

extension Machine.Memory {
  fileprivate static func read() -> Machine.Memory {
    let group = ControlGroup.current
    let text = SystemFile.text("/proc/meminfo") ?? ""
    return Machine.Memory(
      total: bytes("MemTotal", in: text), available: bytes("MemAvailable", in: text),
      limit: group.memory, used: group.memoryInUse,
      hugePages: SystemFile.text("/sys/kernel/mm/transparent_hugepage/enabled")
        .flatMap(chosen))
  }

  /// An entry of `/proc/meminfo`, such as `MemTotal:  24 kB`.
  static func bytes(_ name: String, in text: String) -> Int? {
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ")
      if words.count >= 2, words[0] == name + ":" { return Int(words[1]).map { $0 << 10 } }
    }
    return nil
  }

  /// The word in brackets: `always [madvise] never`.
  static func chosen(_ text: String) -> String? {
    guard let open = text.firstIndex(of: "["), let close = text.firstIndex(of: "]"), open < close
    else { return nil }
    return String(text[text.index(after: open)..<close])
  }
}

extension Machine.Folder {
  /// Looks at a folder, without writing anything.
  package static func read(_ path: String) -> Machine.Folder {
    var existing = path
    while access(existing, F_OK) != 0, let slash = existing.lastIndex(of: "/") {
      existing = slash == existing.startIndex ? "/" : String(existing[..<slash])
      if existing == "/" { break }
    }
    if access(existing, F_OK) != 0 { existing = "." }
    var free: Int?
    var freeFiles: Int?
    var system = statvfs()
    if statvfs(existing, &system) == 0 {
      free = Int(clamping: UInt64(system.f_bavail) * UInt64(system.f_frsize))
      // Some file systems have room for files without number, and say 0 of 0.
      if system.f_files > 0 { freeFiles = Int(clamping: system.f_favail) }
    }
    var status = stat()
    let isFolder = stat(existing, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    return Machine.Folder(
      path: path, existing: existing, isWritable: isFolder && access(existing, W_OK | X_OK) == 0,
      free: free, freeFiles: freeFiles)
  }
}

extension Machine.Weights {
  fileprivate static func read(asksServer: Bool) -> Machine.Weights {
    var builtin: String?
    var places: [String] = []
    do throws(WeightsError) {
      builtin = try BuiltinWeights.path()
    } catch {
      if case .noBuiltinWeights(_, let looked) = error { places = looked }
    }
    return Machine.Weights(
      builtin: builtin, places: places,
      published: PublishedWeights.all.filter {
        (try? NamedWeights.path($0.name, backbone: $0.backbone)) != nil
      }.map { "\($0.backbone) \($0.name)" },
      curl: program("curl"), mirror: Machine.variable("XRUN_MIRROR"),
      server: asksServer ? server() : .notAsked,
      folder: NamedWeights.folders.first.map(Machine.Folder.read))
  }

  /// Asks for the smallest of the published files.
  private static func server() -> Machine.Server {
    guard let weights = PublishedWeights.find("IMAGENET1K_V1", of: "squeezenet1_1") else {
      return .notAsked
    }
    do throws(DownloadError) {
      try WeightsDownload(weights, to: "").ask(timeoutSeconds: 5)
      return .answers
    } catch {
      return .silent(why: "\(error)")
    }
  }

  /// Where a program would be found.
  private static func program(_ name: String) -> String? {
    (Machine.variable("PATH") ?? "/usr/bin:/bin").split(separator: ":")
      .map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
  }
}
