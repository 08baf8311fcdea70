import Kernels
import Machines

extension Machine {
  /// A good one with eight processors, as others are made of.
  static var good: Machine {
    Machine(
      version: "1.2.3",
      processor: Processor(
        name: "Some CPU 9000", instructionSets: ["avx2", "fma", "avx512f"], kernels: "avx512",
        bestKernels: "avx512"),
      libraries: Libraries(
        provider: .onednn, oneDNN: .loaded(version: "2.6.0", kernels: "avx512_core"),
        openBLAS: .loaded(version: "0.3.21", kernels: "SkylakeX"), wantedCore: "SkylakeX",
        isWantedCoreOurs: true, pictures: ["libpng": "1.6.39", "libjpeg-turbo": "2.1.5"]),
      threads: ThreadCounts(processors: 8, affinity: 8, quota: nil, used: 8, load: 0.25),
      memory: Memory(total: 32 << 30, available: 30 << 30, hugePages: "madvise"),
      speed: Calibration(
        threads: 8, own: .init(one: 110.4, all: 850), openBLAS: .init(one: 120, all: 900),
        bandwidth: .init(one: 12.34, all: 40), twoToOne: 1.96, share: 0.991),
      runs: Folder(
        path: "runs", existing: ".", isWritable: true, free: 100 << 30, freeFiles: 1_000_000),
      temporary: Folder(path: "/tmp", existing: "/tmp", isWritable: true, free: 50 << 30),
      weights: Weights(
        builtin: "/opt/xrun/weights.safetensors", places: [], published: ["resnet18 IMAGENET1K_V1"],
        curl: "/usr/bin/curl", mirror: nil,
        folder: Folder(path: "/cache/weights", existing: "/cache", isWritable: true, free: 1 << 40))
    )
  }

  func with(_ change: (inout Machine) -> Void) -> Machine {
    var other = self
    change(&other)
    return other
  }
}
