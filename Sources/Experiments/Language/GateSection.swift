import Declarations

/// The keys of each of `gates`; a text alone is its `condition`.
package enum GateSection {
  static let condition = Parameter<String?>(
    "condition", default: .some(nil),
    doc: "a metric, one of >=, >, <= and <, and a number; a gate that is a text is this",
    example: "test/acc1 >= 0.85")
  static let metric = Parameter<String?>(
    "metric", .optional(.choice(GateMetric.names)), default: .some(nil),
    doc: "what 'at_least', 'at_most' and 'max_drop' are about; 'acc_per_class' is each class's",
    example: "val/acc_per_class")
  static let atLeast = Parameter<Double?>(
    "at_least", .optional(.number(.any)), default: .some(nil), doc: "the least value that passes",
    example: "0.5")
  static let atMost = Parameter<Double?>(
    "at_most", .optional(.number(.any)), default: .some(nil), doc: "the greatest value that passes",
    example: "1.2")
  static let maxDrop = Parameter<Double?>(
    "max_drop", .optional(.number(.unitBelowOne)), default: .some(nil), unit: .fraction,
    doc: "how much lower than the baseline's an accuracy may be", example: "0.01")
  static let baseline = Parameter<String?>(
    "baseline", default: .some(nil),
    doc: "the run that 'max_drop' is counted from, written as in 'model.weights'",
    example: "runs/good")
  static let confidence = Parameter<Double?>(
    "confidence",
    .optional(.number(NumberRange(0.5, 1, excludesLower: true, excludesUpper: true))),
    default: .some(nil),
    doc:
      "how sure passing and failing are, given that pictures are a sample; by default 0.95 with 'max_drop', else values are compared as they are",
    example: "0.95")
  static let inconclusive = Parameter<String>(
    "inconclusive", .choice(["warn", "fail"]), default: "warn",
    doc: "what becomes of a gate that the pictures are too few to decide", example: "fail")

  package static let declaration = Declaration(
    section: "gate",
    [condition, metric, atLeast, atMost, maxDrop, baseline, confidence, inconclusive],
    main: condition.name, doc: "a condition that the finished run must meet",
    example: "{metric: test/acc1, at_least: 0.85, confidence: 0.95}")

  /// The keys of which a gate has one.
  static let rules = [condition.name, atLeast.name, atMost.name, maxDrop.name]
}
