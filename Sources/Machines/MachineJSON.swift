import Diagnostics
import Kernels
import Models
import Reports

/// What `xrun doctor --json` prints; `docs/guide/doctor.md` says what each key means. Keys stay, unknown values are
/// null.
package struct MachineJSON {
  private let machine: Machine
  private let problems: [Diagnostic]

  package init(_ machine: Machine, problems: [Diagnostic]) {
    self.machine = machine
    self.problems = problems
  }

  /// Several lines, without a newline at the end.
  package func text() -> String { value.text() }

  private var value: JSON {
    .object([
      "xrun": .string(machine.version),
      "processor": processor,
      "libraries": libraries,
      "threads": threads,
      "speed": machine.speed.map(Self.speed) ?? .null,
      "memory": memory,
      "runs": Self.folder(machine.runs),
      "temporary": Self.folder(machine.temporary),
      "weights": weights,
      "problems": .array(
        problems.map { problem in
          .object([
            "severity": .string(problem.severity.rawValue),
            "code": .string(problem.code.rawValue),
            "message": .string(problem.message),
            "help": Self.string(problem.help),
          ])
        }),
    ])
  }

  private var processor: JSON {
    .object([
      "name": .string(machine.processor.name),
      "instruction_sets": .array(machine.processor.instructionSets.map { .string($0) }),
      "kernels": .string(machine.processor.kernels),
      "best_kernels": .string(machine.processor.bestKernels),
    ])
  }

  private var libraries: JSON {
    let libraries = machine.libraries
    return .object([
      "provider": .string(libraries.provider.rawValue),
      "onednn": Self.library(libraries.oneDNN),
      "openblas": Self.library(libraries.openBLAS),
      "openblas_coretype": Self.string(libraries.wantedCore),
      "openblas_coretype_set_by_xrun": .boolean(libraries.isWantedCoreOurs),
      "pictures": .object(
        libraries.pictures.sorted { $0.key < $1.key }.map { JSON.Member($0.key, .string($0.value)) }
      ),
    ])
  }

  private static func library(_ library: Machine.Library) -> JSON {
    switch library {
    case .loaded(let version, let kernels):
      .object(["version": .string(version), "kernels": .string(kernels), "problem": .null])
    case .missing(let why):
      .object(["version": .null, "kernels": .null, "problem": .string(why)])
    }
  }

  private var threads: JSON {
    let threads = machine.threads
    return .object([
      "processors": .integer(threads.processors),
      "affinity": .integer(threads.affinity),
      "quota": threads.quota.map { .number($0) } ?? .null,
      "compute": .integer(threads.used),
      "loading": .integer(threads.used),
      "load": threads.load.map { .number($0) } ?? .null,
    ])
  }

  private static func speed(_ speed: Calibration) -> JSON {
    .object([
      "threads": .integer(speed.threads),
      "own_gflops": rates(speed.own),
      "openblas_gflops": speed.openBLAS.map(rates) ?? .null,
      "bandwidth_gbs": speed.bandwidth.map(rates) ?? .null,
      "two_threads_to_one": speed.twoToOne.map(number) ?? .null,
      "share": number(speed.share),
    ])
  }

  private static func rates(_ rates: Calibration.Rates) -> JSON {
    .object(["one": number(rates.one), "all": number(rates.all)])
  }

  /// Measured ones mean nothing beyond three digits.
  private static func number(_ value: Double) -> JSON {
    .number((value * 1000).rounded() / 1000)
  }

  private var memory: JSON {
    let memory = machine.memory
    return .object([
      "total_bytes": Self.integer(memory.total),
      "available_bytes": Self.integer(memory.available),
      "limit_bytes": Self.integer(memory.limit),
      "limit_used_bytes": Self.integer(memory.used),
      "usable_bytes": Self.integer(memory.usable),
      "huge_pages": Self.string(memory.hugePages),
    ])
  }

  private static func folder(_ folder: Machine.Folder) -> JSON {
    .object([
      "path": .string(folder.path),
      "existing": .string(folder.existing),
      "is_writable": .boolean(folder.isWritable),
      "free_bytes": integer(folder.free),
      "free_files": integer(folder.freeFiles),
    ])
  }

  private var weights: JSON {
    let weights = machine.weights
    return .object([
      "builtin": Self.string(weights.builtin),
      "looked_at": .array(weights.places.map { .string($0) }),
      "published": .array(weights.published.map { .string($0) }),
      "curl": Self.string(weights.curl),
      "mirror": Self.string(weights.mirror),
      "server": .object([
        "was_asked": .boolean(weights.server != .notAsked),
        "problem": Self.string(serverProblem),
      ]),
      "folder": weights.folder.map(Self.folder) ?? .null,
    ])
  }

  private var serverProblem: String? {
    if case .silent(let why) = machine.weights.server { why } else { nil }
  }

  private static func integer(_ value: Int?) -> JSON { value.map { .integer($0) } ?? .null }
  private static func string(_ value: String?) -> JSON { value.map { .string($0) } ?? .null }
}
