import FoundationEssentials
import Tensors

/// `run.json`: how a run stands, and where its numbers come from. Not deterministic.
package struct RunRecord: Codable, Sendable {
  package enum Status: String, Codable, Sendable {
    case running
    case completed
    /// An error ended it.
    case failed
    /// A signal ended it.
    case stopped
    /// NaN or infinity ended it.
    case diverged
  }

  package struct Best: Codable, Sendable {
    package var metric: String
    package var value: Double
    package var phase: String
    package var epoch: Int
    package init(metric: String, value: Double, phase: String, epoch: Int) {
      self.metric = metric
      self.value = value
      self.phase = phase
      self.epoch = epoch
    }
  }

  package struct Machine: Codable, Sendable, Hashable {
    package var host: String
    package var processor: String
    package var instructionSets: [String]
    package var computeThreads: Int
    package var loaderThreads: Int
    package var provider: String
    /// Versions by library.
    package var libraries: [String: String]
    package init(
      host: String, processor: String, instructionSets: [String], computeThreads: Int,
      loaderThreads: Int, provider: String, libraries: [String: String]
    ) {
      self.host = host
      self.processor = processor
      self.instructionSets = instructionSets
      self.computeThreads = computeThreads
      self.loaderThreads = loaderThreads
      self.provider = provider
      self.libraries = libraries
    }
  }

  package struct Data: Codable, Sendable, Hashable {
    package var fingerprint: String
    /// Pictures by split.
    package var pictures: [String: Int]
    package var classes: Int
    package init(fingerprint: String, pictures: [String: Int], classes: Int) {
      self.fingerprint = fingerprint
      self.pictures = pictures
      self.classes = classes
    }
  }

  package struct Weights: Codable, Sendable {
    /// Where they came from, in words.
    package var source: String
    /// SHA-256 of the file; none for random ones.
    package var fingerprint: String?
    package init(source: String, fingerprint: String?) {
      self.source = source
      self.fingerprint = fingerprint
    }
  }

  /// What was there of the pictures that the run's pipelines make before chance comes in.
  package struct Cache: Codable, Sendable {
    package var folder: String
    /// How many there are, once for each beginning of a pipeline.
    package var pictures: Int
    /// How many of them need not be decoded while training.
    package var cached: Int
    /// How many of those this run added.
    package var added: Int
    package var bytes: Int
    package var problems: [String]
    package init(
      folder: String, pictures: Int, cached: Int, added: Int, bytes: Int, problems: [String]
    ) {
      self.folder = folder
      self.pictures = pictures
      self.cached = cached
      self.added = added
      self.bytes = bytes
      self.problems = problems
    }
  }

  package var status: Status
  package var name: String
  package var seed: UInt64
  /// The whole configuration hash.
  package var configuration: String
  package var phase: String?
  /// Epochs of the phase that are done.
  package var epoch: Int?
  /// ISO 8601, UTC.
  package var started: String
  package var ended: String?
  /// Renewed every half minute while the run is going on.
  package var heartbeat: String
  /// None in records of earlier versions.
  package var process: RunProcess?
  package var command: [String]
  package var version: String
  package var commit: String?
  package var machine: Machine
  package var data: Data
  /// None where the cache is off.
  package var cache: Cache?
  package var weights: Weights
  package var best: Best?
  /// `test/*` by name, once there.
  package var test: [String: Double]?
  package var error: String?

  package init(
    name: String, seed: UInt64, configuration: String, command: [String], version: String,
    commit: String?, machine: Machine, data: Data, weights: Weights,
    started: String = RunRecord.now()
  ) {
    status = .running
    self.name = name
    self.seed = seed
    self.configuration = configuration
    self.started = started
    heartbeat = started
    self.command = command
    self.version = version
    self.commit = commit
    self.machine = machine
    self.data = data
    self.weights = weights
  }

  /// The time, ISO 8601 in UTC with seconds.
  package static func now() -> String { Date.now.formatted(.iso8601) }

  /// Writes `run.json` whole.
  package func write(to folder: RunFolder) throws(FileError) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    // Infinities must not make a run's record unwritable.
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    guard let data = try? encoder.encode(self) else {
      preconditionFailure("a record holds nothing that JSON cannot")
    }
    try AtomicFile.write(path: folder.record, text: String(decoding: data, as: UTF8.self) + "\n")
  }
}
