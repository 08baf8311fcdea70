import Kernels
import Tensors

/// What xrun has to compute with, as it was found: facts without judgement.
package struct Machine: Sendable, Hashable {
  package var version: String
  package var processor: Processor
  package var libraries: Libraries
  package var threads: ThreadCounts
  package var memory: Memory
  /// Nil where it was not to be measured.
  package var speed: Calibration?
  package var runs: Folder
  package var temporary: Folder
  package var weights: Weights

  package init(
    version: String, processor: Processor, libraries: Libraries, threads: ThreadCounts,
    memory: Memory, speed: Calibration?, runs: Folder, temporary: Folder, weights: Weights
  ) {
    self.version = version
    self.processor = processor
    self.libraries = libraries
    self.threads = threads
    self.memory = memory
    self.speed = speed
    self.runs = runs
    self.temporary = temporary
    self.weights = weights
  }

  package struct Processor: Sendable, Hashable {
    /// Its own name.
    package var name: String
    /// Those that matter to kernels, in the system's spelling, such as `avx512f`.
    package var instructionSets: [String]
    /// What our own kernels use: `avx512`, `avx2` or `baseline`.
    package var kernels: String
    /// The best of these that it has.
    package var bestKernels: String

    package init(name: String, instructionSets: [String], kernels: String, bestKernels: String) {
      self.name = name
      self.instructionSets = instructionSets
      self.kernels = kernels
      self.bestKernels = bestKernels
    }
  }

  package struct Libraries: Sendable, Hashable {
    /// What computes where an experiment's command names nothing.
    package var provider: ProviderKind
    package var oneDNN: Library
    package var openBLAS: Library
    /// What `OPENBLAS_CORETYPE` names; nil where nobody set it.
    package var wantedCore: String?
    /// Whether xrun set it.
    package var isWantedCoreOurs: Bool
    /// Versions of what decodes pictures, by name.
    package var pictures: [String: String]

    package init(
      provider: ProviderKind, oneDNN: Library, openBLAS: Library, wantedCore: String?,
      isWantedCoreOurs: Bool, pictures: [String: String]
    ) {
      self.provider = provider
      self.oneDNN = oneDNN
      self.openBLAS = openBLAS
      self.wantedCore = wantedCore
      self.isWantedCoreOurs = isWantedCoreOurs
      self.pictures = pictures
    }
  }

  /// A library that is loaded when it is wanted.
  package enum Library: Sendable, Hashable {
    /// With the instruction set or core whose kernels it runs.
    case loaded(version: String, kernels: String)
    case missing(why: String)
  }

  package struct ThreadCounts: Sendable, Hashable {
    /// Processors that are on.
    package var processors: Int
    /// Those that this process may run on.
    package var affinity: Int
    /// Processors' worth of time that control groups allow; nil for no limit.
    package var quota: Double?
    /// What xrun takes to compute, and as many again to load pictures, where nobody says otherwise.
    package var used: Int
    /// How many programs wanted to run in the last minute, on average; nil where it is not known.
    package var load: Double?

    package init(processors: Int, affinity: Int, quota: Double?, used: Int, load: Double?) {
      self.processors = processors
      self.affinity = affinity
      self.quota = quota
      self.used = used
      self.load = load
    }
  }

  package struct Memory: Sendable, Hashable {
    /// Bytes of the machine; nil where it is not known.
    package var total: Int?
    /// Bytes that could be taken without swapping.
    package var available: Int?
    /// Bytes that control groups allow.
    package var limit: Int?
    /// Bytes that count against the limit already.
    package var used: Int?
    /// `always`, `madvise` or `never`; nil where it is not known.
    package var hugePages: String?

    package init(
      total: Int?, available: Int?, limit: Int? = nil, used: Int? = nil, hugePages: String?
    ) {
      self.total = total
      self.available = available
      self.limit = limit
      self.used = used
      self.hugePages = hugePages
    }

    /// Bytes for a run and for the pictures that the system keeps; nil where nothing is known.
    package var usable: Int? {
      let room = limit.map { max(0, $0 - (used ?? 0)) }
      guard let available else { return room }
      return min(available, room ?? available)
    }
  }

  /// Where files will be written.
  package struct Folder: Sendable, Hashable {
    package var path: String
    /// The folder itself, or the nearest above it that is there.
    package var existing: String
    package var isWritable: Bool
    /// Bytes that may still be written; nil where the system does not say.
    package var free: Int?
    /// How many more files there can be; nil where the system does not count them.
    package var freeFiles: Int?

    package init(
      path: String, existing: String, isWritable: Bool, free: Int?, freeFiles: Int? = nil
    ) {
      self.path = path
      self.existing = existing
      self.isWritable = isWritable
      self.free = free
      self.freeFiles = freeFiles
    }
  }

  package struct Weights: Sendable, Hashable {
    /// The file that `weights: builtin` stands for; nil where it is in none of the places.
    package var builtin: String?
    /// Where it was looked for.
    package var places: [String]
    /// Published ones that are here already, such as `resnet18 IMAGENET1K_V1`.
    package var published: [String]
    /// The program that fetches more; nil where it is not installed.
    package var curl: String?
    /// What `XRUN_MIRROR` names.
    package var mirror: String?
    /// What the server of the published ones said when it was asked for one.
    package var server: Server
    /// Where `xrun fetch` puts them; nil where nothing says.
    package var folder: Folder?

    package init(
      builtin: String?, places: [String], published: [String], curl: String?, mirror: String?,
      server: Server = .notAsked, folder: Folder?
    ) {
      self.builtin = builtin
      self.places = places
      self.published = published
      self.curl = curl
      self.mirror = mirror
      self.server = server
      self.folder = folder
    }
  }

  /// Whether published weights can be fetched.
  package enum Server: Sendable, Hashable {
    case notAsked
    case answers
    case silent(why: String)
  }
}
