import Declarations
import Diagnostics

/// A check for what is allowed and probably not meant.
///
/// A new lint is one file that states this, one line in `LintCatalogue`, and one marked page.
package protocol Lint: Sendable {
  /// Its code, and what people read about it.
  static var page: CodePage { get }

  /// All that it finds; nothing where it does not know enough.
  static func check(_ subject: LintSubject) -> [Diagnostic]
}

extension Lint {
  /// A finding in this lint's code and severity.
  static func finding(
    _ message: String, at span: Span?, label: String = "", labels: [Diagnostic.Label] = [],
    help: String
  ) -> Diagnostic {
    Diagnostic(
      page.severity, page.code, message, at: span, label: label, labels: labels, help: help)
  }
}

/// What lints look at: an experiment that is right, and what is known of the world that it is about.
package struct LintSubject: Sendable {
  package let plan: ExperimentPlan
  /// Nil where the pictures were not looked for.
  package let data: DataFacts?
  /// Nil where the weights come from no file of ours, or it cannot be read.
  package let weights: WeightsFacts?

  package init(_ plan: ExperimentPlan, data: DataFacts? = nil) {
    self.plan = plan
    self.data = data
    weights = WeightsFacts(of: plan.experiment.model)
  }

  package var experiment: Experiment { plan.experiment }

  /// Whether the network starts from what was learnt elsewhere.
  var isPretrained: Bool { experiment.model.weights != .none }

  /// Whether a phase trains anything but the head.
  func trainsBackbone(_ phase: PhasePlan) -> Bool {
    phase.network.parameters.contains { !$0.isHead && phase.trained.contains($0.name) }
  }

  /// Steps of an epoch; nil where the number of pictures is not known.
  func stepsPerEpoch(_ phase: PhasePlan) -> Int? {
    data?.count(of: "train").map(phase.steps(pictures:))
  }
}

/// What lints need to know of the pictures.
package struct DataFacts: Sendable {
  /// Class folder names, in the order of the logits.
  package let classes: [String]
  /// Pictures of each class, in that order, by `train`, `val` and `test`; a split that is not there has no entry.
  package let counts: [String: [Int]]
  /// Pairs of files in two splits that hold the same bytes; nil where the files were not read.
  package let duplicates: [(String, String)]?

  package init(
    classes: [String], counts: [String: [Int]], duplicates: [(String, String)]? = nil
  ) {
    self.classes = classes
    self.counts = counts
    self.duplicates = duplicates
  }

  /// Pictures of a split.
  package func count(of split: String) -> Int? { counts[split].map { $0.reduce(0, +) } }
}
