import Diagnostics
import Kernels
import Reports

/// What is wrong with a machine, from its facts alone: errors stop every run, warnings cost time, notes explain.
package enum MachineProblems {
  package static func find(in machine: Machine) -> [Diagnostic] {
    let problems =
      folders(machine) + memory(machine) + libraries(machine) + speed(machine) + threads(machine)
      + weights(machine.weights)
    // What stops a run comes first; otherwise in the order above.
    return [.error, .warning, .note].flatMap { severity in
      problems.filter { $0.severity == severity }
    }
  }

  // MARK: Room

  /// A run of ResNet-18 keeps its weights twice, 45 MB each, and an old copy while a new one is written.
  static let fullDisk = 150 << 20
  static let lowDisk = 2 << 30
  /// The smallest runs need about as much.
  static let fullMemory = 256 << 20
  static let lowMemory = 1 << 30

  private static func folders(_ machine: Machine) -> [Diagnostic] {
    var problems: [Diagnostic] = []
    let runs = machine.runs
    if !runs.isWritable {
      problems.append(
        .error(
          "unwritable-runs", "run folders cannot be made in '\(runs.path)'", at: nil,
          help: "change to a folder that you may write to, or name one: 'runs: FOLDER'"))
    } else if let free = runs.free, free < fullDisk {
      problems.append(
        .error(
          "disk-full", "there are \(Numbers.bytes(free)) left for run folders in '\(runs.path)'",
          at: nil, help: "remove old runs, or name a folder with room: 'runs: FOLDER'"))
    } else if runs.freeFiles == 0 {
      problems.append(
        .error(
          "disk-full", "no more files can be made in '\(runs.path)': its file system has no inodes",
          at: nil, help: "remove files, or name another folder: 'runs: FOLDER'"))
    } else if let free = runs.free, free < lowDisk {
      problems.append(
        .warning(
          "disk-low", "there are \(Numbers.bytes(free)) left for run folders in '\(runs.path)'",
          at: nil,
          help: "remove old runs: one of ResNet-18 keeps 90 MB of weights, of ResNet-50 200"))
    }
    let temporary = machine.temporary
    if !temporary.isWritable || (temporary.free ?? .max) < 64 << 20 {
      let what =
        temporary.isWritable
        ? "there are \(Numbers.bytes(temporary.free ?? 0)) left in '\(temporary.path)'"
        : "nothing can be written to '\(temporary.path)'"
      problems.append(
        .warning(
          "temporary-full", what + ", which is for temporary files", at: nil,
          help: "make room there, or name another folder in TMPDIR"))
    }
    return problems
  }

  private static func memory(_ machine: Machine) -> [Diagnostic] {
    let memory = machine.memory
    var problems: [Diagnostic] = []
    if let usable = memory.usable, usable < lowMemory {
      let isLimit = memory.limit.map { $0 - (memory.used ?? 0) <= usable } ?? false
      let text =
        "\(Numbers.bytes(usable)) of memory are left"
        + (isLimit
          ? " of the \(Numbers.bytes(memory.limit ?? 0)) that the control group allows" : "")
      let help = isLimit ? "give the container or job more memory" : "end other programs"
      problems.append(
        usable < fullMemory
          ? .error("memory-full", text, at: nil, help: help)
          : .warning("memory-low", text, at: nil, help: help + ", or lower 'train.batch_size'"))
    }
    if memory.hugePages == "never" {
      problems.append(
        .warning(
          "no-huge-pages", "the system gives no huge pages", at: nil,
          help: "as root: 'echo madvise > /sys/kernel/mm/transparent_hugepage/enabled'"))
    }
    return problems
  }

  // MARK: Libraries

  private static func libraries(_ machine: Machine) -> [Diagnostic] {
    let libraries = machine.libraries
    let processor = machine.processor
    var problems: [Diagnostic] = []
    switch libraries.oneDNN {
    case .missing(let why):
      problems.append(
        .warning(
          "missing-onednn", "oneDNN is not used: \(why)", at: nil,
          help: why.contains("headers")
            ? "install Debian's libdnnl-dev and build again: convolutions are faster with it"
            : "install Debian's libdnnl2: convolutions are faster with it"))
    case .loaded(_, let kernels):
      if rank(oneDNN: kernels) < rank(kernels: processor.bestKernels) {
        problems.append(
          .warning(
            "limited-kernels",
            "oneDNN computes with \(kernels) on a processor with \(processor.bestKernels)", at: nil,
            help: "unset ONEDNN_MAX_CPU_ISA and DNNL_MAX_CPU_ISA"))
      }
    }
    switch libraries.openBLAS {
    case .missing(let why):
      // Our own products stand in, and beside oneDNN nobody asks for it.
      problems.append(
        Diagnostic(
          libraries.provider == .openblas ? .warning : .note, "missing-openblas",
          "OpenBLAS is not used: \(why)", at: nil, help: "install Debian's libopenblas0-pthread"))
    case .loaded(_, let core):
      if rank(core: core) < rank(kernels: processor.bestKernels) {
        let wanted = libraries.wantedCore ?? ""
        problems.append(
          .warning(
            "wrong-openblas-core",
            "OpenBLAS computes as for a '\(core)' on a processor with \(processor.bestKernels)",
            at: nil,
            help: libraries.isWantedCoreOurs || wanted.isEmpty
              ? "install a newer OpenBLAS, built with DYNAMIC_ARCH: this one does not know the core"
              : "unset OPENBLAS_CORETYPE, which is '\(wanted)': xrun sets what fits"))
      }
    }
    return problems
  }

  private static func rank(kernels: String) -> Int {
    kernels == "avx512" ? 2 : kernels == "avx2" ? 1 : 0
  }

  private static func rank(oneDNN name: String) -> Int {
    name.hasPrefix("avx512") ? 2 : name.hasPrefix("avx2") ? 1 : 0
  }

  /// Cores by the widest instructions of their kernels, as OpenBLAS names them.
  private static func rank(core: String) -> Int {
    switch core.lowercased() {
    case "skylakex", "cooperlake", "sapphirerapids": 2
    case "haswell", "zen", "excavator": 1
    default: 0
    }
  }

  // MARK: Speed

  /// Of the time that a thread could have had; below, others had it.
  static let leastShare = 0.85
  /// Threads on cores of their own do 1.9 times as much; the two halves of one core up to 1.3 times.
  static let leastTwoToOne = 1.5
  static let leastBandwidth = 3.0

  /// GFLOP/s that the slowest servers of the last ten years reach with one thread.
  static func leastProducts(_ kernels: String) -> Double {
    kernels == "avx512" ? 30 : kernels == "avx2" ? 20 : 4
  }

  /// What spoils times that are measured now.
  package static func speed(_ machine: Machine) -> [Diagnostic] {
    guard let speed = machine.speed else { return [] }
    let percent = Numbers.fixed(speed.share * 100, 0)
    // 1. With less than a quota's share others took the processors, and the rest says nothing.
    let share = min(1, (machine.threads.quota ?? .infinity) / Double(speed.threads))
    if speed.share < leastShare * share {
      let load = machine.threads.load.map { "; the load is \(Numbers.fixed($0, 1))" } ?? ""
      return [
        .warning(
          "busy-processors", "threads had a processor for \(percent) % of the time\(load)", at: nil,
          help: "wait until other programs have ended, or lower '--threads'")
      ]
    }
    // 2. The processors were ours: what they gave is what they give.
    var problems: [Diagnostic] = []
    if let ratio = speed.twoToOne, ratio < leastTwoToOne * min(1, share) {
      problems.append(
        .warning(
          "slow-threads", "two threads do \(Numbers.fixed(ratio, 2)) times as much as one", at: nil,
          help: "measure again: shared machines give half for some minutes; "
            + "two halves of one core always do"))
    }
    let least = leastProducts(machine.processor.kernels)
    if speed.best < least {
      problems.append(
        .warning(
          "slow-products",
          "products run at \(Numbers.fixed(speed.best, 1)) GFLOP/s on one thread; "
            + "with \(machine.processor.kernels) \(Numbers.fixed(least, 0)) are the least",
          at: nil,
          help: "measure again; if it stays, the processor is throttled, emulated or shared"))
    }
    if let bandwidth = speed.bandwidth, max(bandwidth.one, bandwidth.all) < leastBandwidth {
      problems.append(
        .warning(
          "slow-memory",
          "memory moves \(Numbers.fixed(max(bandwidth.one, bandwidth.all), 1)) GB/s", at: nil,
          help: "measure again; if it stays, other programs or guests use the memory's bandwidth"))
    }
    return problems
  }

  private static func threads(_ machine: Machine) -> [Diagnostic] {
    let threads = machine.threads
    guard threads.used < threads.processors else { return [] }
    let isQuota = threads.used < threads.affinity
    let why =
      isQuota
      ? "the control group allows \(Numbers.short(threads.quota ?? 0))"
      : "the affinity mask has \(threads.affinity)"
    return [
      Diagnostic(
        .note, "fewer-processors",
        "\(threads.used) of \(threads.processors) processors are used: \(why)", at: nil,
        help: isQuota
          ? "give the container or job more processors, if it should use them"
          : "start it without 'taskset', or ask the batch system for more, if it should use them")
    ]
  }

  // MARK: Weights

  private static func weights(_ weights: Machine.Weights) -> [Diagnostic] {
    var problems: [Diagnostic] = []
    if weights.builtin == nil {
      problems.append(
        .warning(
          "missing-weights", "the weights that xrun brings are not found", at: nil,
          help: "name their folder in XRUN_WEIGHTS_DIR, or install with 'make install'"))
    }
    if weights.curl == nil {
      problems.append(
        .warning(
          "missing-curl", "'xrun fetch' cannot fetch published weights: there is no curl", at: nil,
          help: "install curl, or put the files where 'xrun fetch' would"))
    }
    if weights.curl != nil, case .silent(let why) = weights.server {
      problems.append(
        .warning(
          "unreachable-weights", why, at: nil,
          help: "name a mirror in XRUN_MIRROR or a proxy in https_proxy; "
            + "'xrun fetch' says which file belongs where"))
    }
    if let folder = weights.folder, !folder.isWritable {
      problems.append(
        .warning(
          "unwritable-weights", "fetched weights cannot be put in '\(folder.path)'", at: nil,
          help: "name another folder in XRUN_WEIGHTS_DIR"))
    }
    return problems
  }
}
