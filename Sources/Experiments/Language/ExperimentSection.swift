import Declarations
import Documents

/// The keys of an experiment's file.
package enum ExperimentSection {
  static let name = Parameter<String>("name", doc: "what its runs are called", example: "flowers")
  /// Resolved before decoding, so that decoding never sees it.
  static let extends = Parameter<DeclaredValue>(
    "extends", .optional(.either([.string, .list(.string, count: 1...64)])), default: .null,
    doc: "files that this one is laid over, relative to it", example: "base.yaml")
  static let notes = Parameter<String?>(
    "notes", default: .some(nil), doc: "a text for people", example: "first try with frozen layers")
  static let tags = Parameter<[String]>(
    "tags", default: [], doc: "words for people to filter by", example: "[flowers, baseline]")
  static let seed = Parameter<Int>(
    "seed", in: 0...Int.max, default: 0, doc: "all randomness is a function of it", example: "1")
  static let data = Parameter<ComponentValue>(
    "data", .section(DataSection.declaration),
    doc: "the pictures and what their classes are called", example: "{folder: ../data/flowers102}"
  )
  static let model = Parameter<ComponentValue>(
    "model", .section(ModelSection.declaration), doc: "the network and the weights it starts from",
    example: "{backbone: resnet18, weights: IMAGENET1K_V1}")
  static let phases = Parameter<[ComponentValue]?>(
    "phases", .optional(.list(.section(PhaseSection.declaration), count: 1...1000)),
    default: .some(nil), doc: "stretches of training, one after the other",
    example: "[{name: head, epochs: 5}, {name: all, epochs: 10}]")
  static let gates = Parameter<[ComponentValue]?>(
    "gates", .optional(.list(.section(GateSection.declaration), count: 0...100)),
    default: .some(nil), doc: "conditions that the finished run must meet, or the exit code is 1",
    example: "[test/acc1 >= 0.85, {metric: val/acc_per_class, at_least: 0.5}]")
  static let runs = Parameter<String?>(
    "runs", default: .some(nil),
    doc: "where run folders go, relative to the file; 'runs' in the working directory by default",
    example: "../runs")

  package static let declaration = Declaration(
    section: Decoder.rootName,
    [name, extends, notes, tags, seed, data, model] + PhaseSection.inherited
      + PhaseSection.phaseOnly
      + [phases, gates, runs],
    later: ["seeds", "checkpoint", "cache", "sweep"].map { .key($0) },
    doc: "an experiment")
}

extension Parameter where Value == ComponentValue {
  /// A section that may be left out, since each of its keys has a default.
  init(section declaration: Declaration, doc: String, example: String) {
    self.init(
      declaration.name, .section(declaration),
      default: ComponentValue(name: declaration.name, values: declaration.values()), doc: doc,
      example: example)
  }
}
