import Declarations
import Diagnostics
import Documents

/// A condition that a finished run must meet.
package struct Gate: Sendable {
  /// How a value stands to its limit.
  package enum Comparator: String, Sendable, CaseIterable {
    // The longer ones first, as they are read.
    case atLeast = ">="
    case atMost = "<="
    case above = ">"
    case below = "<"

    package func holds(_ value: Double, _ limit: Double) -> Bool {
      switch self {
      case .atLeast: value >= limit
      case .atMost: value <= limit
      case .above: value > limit
      case .below: value < limit
      }
    }

    /// Whether large values are good.
    package var isFloor: Bool { self == .atLeast || self == .above }
  }

  package enum Rule: Sendable, Hashable {
    case limit(Comparator, Double)
    /// The accuracy may be this much lower than the baseline's; its run folder, absolute.
    case maxDrop(Double, baseline: String)
  }

  package let metric: GateMetric
  package let rule: Rule
  /// How sure passing and failing are; nil where values are compared as they are.
  package let confidence: Double?
  /// Whether what cannot be decided counts as failed.
  package let failsInconclusive: Bool
  /// Where its values came from, by key.
  package private(set) var places: Places
  /// What messages say of where it is from, where its place does not.
  package private(set) var remark: String?

  package init(
    _ metric: GateMetric, _ rule: Rule, confidence: Double? = nil, failsInconclusive: Bool = false,
    places: Places = Places()
  ) {
    self.metric = metric
    self.rule = rule
    self.confidence = confidence
    self.failsInconclusive = failsInconclusive
    self.places = places
  }

  /// The same gate at another place.
  package func moved(to places: Places, remark: String? = nil) -> Gate {
    var gate = self
    (gate.places, gate.remark) = (places, remark)
    return gate
  }

  /// All that is written of it in one file, from its first byte to its last.
  package var span: Span? {
    let written = places.origins.values.compactMap { origin -> Span? in
      if case .written(let span) = origin { span } else { nil }
    }
    guard let first = places.section ?? written.first else { return nil }
    let own = written.filter { $0.source === first.source }.map(\.range)
    let lower = own.map(\.lowerBound).reduce(first.range.lowerBound, min)
    let upper = own.map(\.upperBound).reduce(first.range.upperBound, max)
    return Span(first.source, lower..<upper)
  }

  /// The whole of it in words: `test/acc1 >= 0.85`, `test/acc1 max_drop 0.01 below good`.
  package var text: String {
    switch rule {
    case .limit(let comparator, let limit):
      "\(metric.name) \(comparator.rawValue) \(Self.number(limit))"
    case .maxDrop(let drop, let baseline):
      "\(metric.name) max_drop \(Self.number(drop)) below \(Self.lastComponent(baseline))"
    }
  }

  private static func lastComponent(_ path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }

  /// A number as people write it.
  package static func number(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : value.description
  }
}

/// What a gate is about, by the names that metrics have in a run's files.
package struct GateMetric: Sendable, Hashable {
  package let name: String

  private static let ofPictures = ["loss", "acc1", "acc5", "acc_per_class_mean"]

  /// All that there are.
  package static let names =
    ["train", "val", "test"].flatMap { split in ofPictures.map { "\(split)/\($0)" } }
    + ["val/acc_per_class", "test/acc_per_class", "seconds", "images_per_second", "resident_mib"]

  /// Nil for what no run has.
  package init?(_ name: String) {
    guard Self.names.contains(name) else { return nil }
    self.name = name
  }

  /// Nil for what concerns the whole run.
  package var split: String? {
    name.contains("/") ? String(name.prefix { $0 != "/" }) : nil
  }

  /// The name without its split.
  package var kind: String { split.map { String(name.dropFirst($0.count + 1)) } ?? name }

  package var isAccuracy: Bool { kind.hasPrefix("acc") }
  /// Whether it has a value for each class.
  package var isPerClass: Bool { kind == "acc_per_class" }

  /// Whether it is a share of pictures that one finished network got right, so that chance is known.
  package var isProportion: Bool {
    ["acc1", "acc5", "acc_per_class"].contains(kind) && split != "train"
  }

  /// Whether stored predictions tell, picture by picture, what two networks got right.
  package var isPaired: Bool { kind == "acc1" && split != "train" }

  package static var proportions: [String] { names.filter { Self($0)?.isProportion ?? false } }
  package static var paired: [String] { names.filter { Self($0)?.isPaired ?? false } }
}
