import Declarations

/// The keys of `train`, of the experiment and of a phase.
enum TrainSection {
  /// What `monitor` may name.
  static let metrics = ["train", "val"].flatMap { split in
    ["loss", "acc1", "acc5", "acc_per_class_mean"].map { "\(split)/\($0)" }
  }

  static let batchSize = Parameter<Int>(
    "batch_size", in: 1...65536, default: 128, unit: .pictures, doc: "the pictures of one step",
    example: "64")
  static let shuffle = Parameter<Bool>(
    "shuffle", default: true, doc: "whether each epoch has an order of its own", example: "true")
  static let dropLast = Parameter<Bool>(
    "drop_last", default: false, doc: "whether a last batch smaller than the others is left out",
    example: "true")
  static let clipGradNorm = Parameter<Double?>(
    "clip_grad_norm", .optional(.number(.positive)), default: .some(nil),
    doc: "the largest total norm of the gradients; null for no limit", example: "1.0")
  static let monitor = Parameter<String>(
    "monitor", .choice(metrics), default: "val/acc1",
    doc: "the metric that the best epoch and early stopping go by", example: "val/loss")

  static let declaration = Declaration(
    section: "train", [batchSize, shuffle, dropLast, clipGradNorm, monitor],
    doc: "how the training pictures are gone through")

  static func settings(_ values: Values) -> TrainSettings? {
    guard let batchSize = values.checked(batchSize), let shuffle = values.checked(shuffle),
      let dropLast = values.checked(dropLast), let clipGradNorm = values.checked(clipGradNorm),
      let monitor = values.checked(monitor)
    else { return nil }
    return TrainSettings(
      batchSize: batchSize, shuffle: shuffle, dropLast: dropLast, clipGradNorm: clipGradNorm,
      monitor: monitor)
  }
}
