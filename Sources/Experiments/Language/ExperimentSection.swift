import Declarations
import Documents

/// The keys of an experiment's file.
enum ExperimentSection {
  static let name = Parameter<String>("name", doc: "what its runs are called")
  /// Resolved before decoding, so that decoding never sees it.
  static let extends = Parameter<DeclaredValue>(
    "extends", .optional(.either([.string, .list(.string, count: 1...64)])), default: .null,
    doc: "files that this one is laid over, relative to it")
  static let notes = Parameter<String?>("notes", default: .some(nil), doc: "a text for people")
  static let tags = Parameter<[String]>("tags", default: [], doc: "words for people to filter by")
  static let seed = Parameter<Int>(
    "seed", in: 0...Int.max, default: 0, doc: "all randomness is a function of it")
  static let data = Parameter<ComponentValue>(
    "data", .section(DataSection.declaration), doc: "the pictures and what their classes are called"
  )
  static let model = Parameter<ComponentValue>(
    "model", .section(ModelSection.declaration), doc: "the network and the weights it starts from")
  static let phases = Parameter<[ComponentValue]?>(
    "phases", .optional(.list(.section(PhaseSection.declaration), count: 1...1000)),
    default: .some(nil), doc: "stretches of training, one after the other")
  static let runs = Parameter<String?>(
    "runs", default: .some(nil),
    doc: "where run folders go, relative to the file; 'runs' in the working directory by default")

  static let declaration = Declaration(
    section: Decoder.rootName,
    [name, extends, notes, tags, seed, data, model] + PhaseSection.inherited
      + PhaseSection.phaseOnly
      + [phases, runs],
    later: ["seeds", "checkpoint", "cache", "gates", "sweep"].map { .key($0) },
    doc: "an experiment")
}

extension Parameter where Value == ComponentValue {
  /// A section that may be left out, since each of its keys has a default.
  init(section declaration: Declaration, doc: String) {
    self.init(
      declaration.name, .section(declaration),
      default: ComponentValue(name: declaration.name, values: declaration.values()), doc: doc)
  }
}
