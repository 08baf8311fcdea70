import Declarations
import Diagnostics

/// The keys of a phase; with one phase those but `name` and `start_from` may stand at the top level.
package enum PhaseSection {
  static let name = Parameter<String>("name", doc: "what the phase is called", example: "head")
  static let startFrom = Parameter<Checkpoint?>(
    "start_from", .optional(.choice(Checkpoint.allCases.map(\.rawValue))), default: .some(nil),
    doc: "the weights of the phase before to start from; null to go on with what is there",
    example: "best")

  static let freeze = Parameter<DeclaredValue>(
    "freeze", FreezeSection.kind, default: .string("none"),
    doc: "which parameters the phase leaves alone", example: "{all_but: head}")
  static let loss = Parameter<ComponentValue>(
    "loss", .component("loss"),
    default: ComponentValue(name: "CrossEntropyLoss", values: Values()),
    doc: "what is minimised", example: "{CrossEntropyLoss: {label_smoothing: 0.1}}")
  static let optimizer = Parameter<ComponentValue?>(
    "optimizer", .optional(.component("optimizer")), default: .some(nil),
    doc: "how parameters follow their gradients", example: "{Adam: {lr: 1e-3}}")
  static let scheduler = Parameter<ComponentValue?>(
    "scheduler", .optional(.component("scheduler")), default: .some(nil),
    doc: "how the learning rate changes; null for a constant one",
    example: "{StepLR: {step_size: 7, gamma: 0.1}}")
  static let epochs = Parameter<Int?>(
    "epochs", .optional(.integer(1...1_000_000)), default: .some(nil), unit: .epochs,
    doc: "how often the phase goes through the training pictures", example: "20")
  static let earlyStopping = Parameter<ComponentValue?>(
    "early_stopping", .optional(.section(EarlyStoppingSection.declaration)), default: .some(nil),
    doc: "when to end before the last epoch", example: "{patience: 5}")
  static let train = Parameter<ComponentValue>(
    section: TrainSection.declaration, doc: "how the training pictures are gone through",
    example: "{batch_size: 64}")
  static let transforms = Parameter<ComponentValue?>(
    "transforms", .optional(.section(TransformsSection.declaration)), default: .some(nil),
    doc: "what happens to pictures before the network sees them",
    example: "{train: [CenterCrop: 64, ToTensor], eval: [CenterCrop: 64, ToTensor]}")

  /// Keys that a phase takes from the top level where it has none of its own.
  static let inherited: [any AnyParameterConvertible] = [
    freeze, loss, optimizer, scheduler, train, transforms,
  ]
  /// Keys that belong to one phase: with `phases` they cannot stand at the top level.
  package static let phaseOnly: [any AnyParameterConvertible] = [epochs, earlyStopping]

  static let declaration = Declaration(
    section: "phase", [name, startFrom] + inherited + phaseOnly,
    doc: "a stretch of training with one freeze policy")

  /// `by: step` of any scheduler.
  static let by = Parameter<Phase.SchedulerStep>(
    "by", default: .epoch, doc: "what the scheduler counts: epochs or steps", example: "step")
}

/// The keys of `early_stopping`.
enum EarlyStoppingSection {
  static let patience = Parameter<Int>(
    "patience", in: 1...1_000_000, unit: .epochs,
    doc: "epochs without improvement that are borne", example: "5")
  static let minDelta = Parameter<Double>(
    "min_delta", in: .nonnegative, default: 0, doc: "the smallest change that is an improvement",
    example: "0.001")

  static let declaration = Declaration(
    section: "early_stopping", [patience, minDelta], doc: "when to end before the last epoch")
}

/// The keys of `transforms`.
enum TransformsSection {
  static let train = Parameter<[ComponentValue]?>(
    "train", .optional(.list(.component("transform"), count: 1...Int.max)), default: .some(nil),
    doc: "the training pipeline", example: "[Resize: [64, 64], RandomHorizontalFlip, ToTensor]")
  static let eval = Parameter<[ComponentValue]?>(
    "eval", .optional(.list(.component("transform"), count: 1...Int.max)), default: .some(nil),
    doc: "the pipeline of validation, test and use", example: "[Resize: [64, 64], ToTensor]")

  static let declaration = Declaration(
    section: "transforms", [train, eval],
    doc: "what happens to pictures before the network sees them")
}
