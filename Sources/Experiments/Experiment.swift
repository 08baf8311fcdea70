import Declarations
import Diagnostics
import Models
import Transforms

/// A checked experiment: every field is valid alone, every default filled in, every path absolute.
package struct Experiment: Sendable {
  package var name: String
  package var notes: String?
  package var tags: [String]
  /// All randomness is a function of it.
  package var seed: UInt64
  package var data: DataSettings
  package var model: ModelSettings
  /// In order; at least one.
  package var phases: [Phase]
  /// What the finished run must meet; no part of the configuration, since they change nothing that is trained.
  package var gates: [Gate] = []
  /// The folder that run folders are made in, absolute.
  package var runs: String
  /// The file and those that it extends, absolute, its own first.
  package var files: [String]
  /// Where the values that belong to no section came from, by key.
  package var places: Places
  /// What is written for all phases although each of them has its own.
  package var overridden: [OverriddenKey] = []

  package init(
    name: String, notes: String? = nil, tags: [String] = [], seed: UInt64 = 0, data: DataSettings,
    model: ModelSettings, phases: [Phase], runs: String, files: [String] = [],
    places: Places = Places()
  ) {
    self.name = name
    self.notes = notes
    self.tags = tags
    self.seed = seed
    self.data = data
    self.model = model
    self.phases = phases
    self.runs = runs
    self.files = files
    self.places = places
  }
}

/// A key of the top level that serves no phase.
package struct OverriddenKey: Sendable {
  package let name: String
  package let span: Span
}

/// Where the values of a section came from, by key; nested keys are joined by dots (`freeze.until`).
package struct Places: Sendable {
  package private(set) var origins: [String: Origin]
  /// Where the section itself is written.
  package var section: Span?

  package init(_ origins: [String: Origin] = [:], section: Span? = nil) {
    self.origins = origins
    self.section = section
  }

  package subscript(key: String) -> Origin? {
    get { origins[key] }
    set { origins[key] = newValue }
  }

  /// Where to point for a key: its value if written, else what holds it.
  package func span(of key: String) -> Span? {
    if case .written(let span)? = origins[key] { return span }
    guard let dot = key.lastIndex(of: ".") else { return section }
    return span(of: String(key[..<dot]))
  }
}

/// The pictures, and what their classes are called.
package struct DataSettings: Sendable {
  package enum Source: Sendable, Hashable {
    /// A folder with a folder per split, and in each a folder per class; absolute.
    case folder(String)
    /// An embedded set, such as `petals`.
    case builtin(String)
  }

  /// Where the validation pictures come from.
  package enum Validation: Sendable, Hashable {
    case folder(String)
    /// This part of the training pictures, stratified and by content.
    case fraction(Double)
  }

  package var source: Source
  /// Folder name of the training split.
  package var trainSplit: String
  package var validation: Validation
  /// Folder name of the test split; used where it exists, needed where it is written; nil for none.
  package var testSplit: String?
  /// JSON file from folder name to class name, absolute.
  package var classNames: String?
  /// A subset or order of the classes, by name.
  package var classes: [String]?
  /// Loader threads; nil for a number from the processor's cores.
  package var workers: Int?
  /// How pictures are decoded.
  package var decode: Decoding
  package var places: Places

  package init(
    source: Source, trainSplit: String = "train", validation: Validation = .folder("val"),
    testSplit: String? = "test", classNames: String? = nil, classes: [String]? = nil,
    workers: Int? = nil, decode: Decoding = .exact, places: Places = Places()
  ) {
    self.source = source
    self.trainSplit = trainSplit
    self.validation = validation
    self.testSplit = testSplit
    self.classNames = classNames
    self.classes = classes
    self.workers = workers
    self.decode = decode
    self.places = places
  }
}

extension DataSettings {
  /// Where one of `classes` is written.
  package func span(ofClass name: String) -> Span? {
    places.span(of: "classes")?.narrowed(to: name)
  }
}

/// The network and the weights that it starts from.
package struct ModelSettings: Sendable {
  package enum Weights: Sendable, Hashable {
    /// Random, as torchvision initialises.
    case none
    /// The weights that xrun brings for its embedded set.
    case builtin
    /// A torchvision name, such as `IMAGENET1K_V1`.
    case named(String)
    /// A `.safetensors` file or one of `torch.save`, absolute.
    case file(String)
    /// A run folder, absolute.
    case run(String, Checkpoint)
  }

  package var backbone: String
  package var weights: Weights
  /// `linear`.
  package var head: String
  package var places: Places

  package init(
    backbone: String, weights: Weights = .none, head: String = "linear", places: Places = Places()
  ) {
    self.backbone = backbone
    self.weights = weights
    self.head = head
    self.places = places
  }
}

/// Which of a phase's weights.
package enum Checkpoint: String, Sendable, Hashable, CaseIterable, ChoiceValue {
  case best, last
}

/// A stretch of training with one freeze policy, optimizer and scheduler.
package struct Phase: Sendable {
  /// What a scheduler counts.
  package enum SchedulerStep: String, Sendable, Hashable, CaseIterable, ChoiceValue {
    case epoch, step
  }

  package var name: String
  /// Weights of the phase before that this one starts from; nil to go on with what is there.
  package var startFrom: Checkpoint?
  package var freeze: FreezePolicy
  package var loss: ComponentValue
  package var optimizer: ComponentValue
  package var scheduler: ComponentValue?
  package var schedulerBy: SchedulerStep
  package var epochs: Int
  package var earlyStopping: EarlyStopping?
  package var train: TrainSettings
  package var trainTransforms: [ComponentValue]
  package var evalTransforms: [ComponentValue]
  package var places: Places

  package init(
    name: String, startFrom: Checkpoint? = nil, freeze: FreezePolicy = FreezePolicy(),
    loss: ComponentValue, optimizer: ComponentValue, scheduler: ComponentValue? = nil,
    schedulerBy: SchedulerStep = .epoch, epochs: Int, earlyStopping: EarlyStopping? = nil,
    train: TrainSettings = TrainSettings(), trainTransforms: [ComponentValue],
    evalTransforms: [ComponentValue], places: Places = Places()
  ) {
    self.name = name
    self.startFrom = startFrom
    self.freeze = freeze
    self.loss = loss
    self.optimizer = optimizer
    self.scheduler = scheduler
    self.schedulerBy = schedulerBy
    self.epochs = epochs
    self.earlyStopping = earlyStopping
    self.train = train
    self.trainTransforms = trainTransforms
    self.evalTransforms = evalTransforms
    self.places = places
  }
}

/// Ends a phase whose monitored metric no longer improves.
package struct EarlyStopping: Sendable, Hashable {
  /// Epochs without improvement that are borne.
  package var patience: Int
  /// What counts as improvement.
  package var minDelta: Double

  package init(patience: Int, minDelta: Double = 0) {
    self.patience = patience
    self.minDelta = minDelta
  }
}

/// How a phase goes through the training pictures, and what it keeps the best by.
package struct TrainSettings: Sendable, Hashable {
  package var batchSize: Int
  package var shuffle: Bool
  /// Whether a last batch smaller than the others is left out.
  package var dropLast: Bool
  /// The gradients' total norm is cut to this.
  package var clipGradNorm: Double?
  /// The metric that `best` and early stopping look at.
  package var monitor: String

  package init(
    batchSize: Int = 128, shuffle: Bool = true, dropLast: Bool = false,
    clipGradNorm: Double? = nil, monitor: String = "val/acc1"
  ) {
    self.batchSize = batchSize
    self.shuffle = shuffle
    self.dropLast = dropLast
    self.clipGradNorm = clipGradNorm
    self.monitor = monitor
  }

  /// Whether a smaller value of the monitored metric is better: that of losses.
  package var monitorIsMinimised: Bool { monitor.hasSuffix("/loss") }
}
