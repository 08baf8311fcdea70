import Declarations
import Models

/// What `check` says of several keys together, and JSON Schema can say too.
enum SectionRules {
  /// Keywords for a section beside its keys.
  static func rules(of declaration: Declaration, as form: SchemaBuilder.Form) -> [JSON.Member] {
    switch (declaration, form) {
    case (DataSection.declaration, _):
      return choice(of: [DataSection.folder.name, DataSection.builtin.name], form)
    case (FreezeSection.declaration, _):
      return choice(
        of: [FreezeSection.allBut.name, FreezeSection.until.name, FreezeSection.only.name], form)
    case (PhaseSection.declaration, _): return phase
    case (GateSection.declaration, _):
      return choice(of: GateSection.rules, .whole) + [JSON.Member("allOf", .array(gate))]
    case (ExperimentSection.declaration, .whole):
      return [JSON.Member("allOf", .array([epochs, optimizer] + pipelines + [firstPhase]))]
    case (ExperimentSection.declaration, .overlay):
      return [JSON.Member("allOf", .array([removedEpochs, firstPhase]))]
    default: return []
    }
  }

  /// Whether `check` never accepts `null`, though the declaration has it for what is not written.
  static func isNeverNull(_ parameter: AnyParameter, in declaration: Declaration) -> Bool {
    switch declaration {
    case ExperimentSection.declaration: parameter == ExperimentSection.extends.erased
    case PhaseSection.declaration:
      parameter == PhaseSection.epochs.erased || parameter == PhaseSection.optimizer.erased
    default: false
    }
  }

  /// Whether `check` asks for it, though the declaration has a default.
  static func isNeeded(_ parameter: AnyParameter, in declaration: Declaration) -> Bool {
    declaration == PhaseSection.declaration && parameter == PhaseSection.epochs.erased
  }

  /// One of the keys, and no second; over another file's keys perhaps none.
  private static func choice(of keys: [String], _ form: SchemaBuilder.Form) -> [JSON.Member] {
    var forms = keys.map { Rule.present($0) }
    if form == .overlay { forms.append(Rule.not(Rule.anyOf(forms))) }
    return [JSON.Member("oneOf", .array(forms))]
  }

  // MARK: Gates

  /// What limits a metric needs it, and a drop needs something to drop from.
  private static let gate: [JSON] =
    GateSection.rules.filter { $0 != GateSection.condition.name }.map {
      Rule.when(
        Rule.present($0), then: Rule.present(GateSection.metric.name), otherwise: nil)
    } + [
      Rule.when(
        Rule.present(GateSection.maxDrop.name), then: Rule.present(GateSection.baseline.name),
        otherwise: nil),
      Rule.when(
        Rule.present(GateSection.condition.name),
        then: Rule.not(Rule.present(GateSection.metric.name)), otherwise: nil),
    ]

  // MARK: The experiment

  private static let transforms = PhaseSection.transforms.name
  private static let phases = ExperimentSection.phases.name
  private static let hasPhases = Rule.present(phases)
  private static let pipelineNames = [TransformsSection.train.name, TransformsSection.eval.name]

  /// What belongs to one phase stands in the phases, where there are any.
  private static let epochs = Rule.when(
    hasPhases,
    then: .object([
      JSON.Member(
        "properties",
        .object(PhaseSection.phaseOnly.map { JSON.Member($0.erased.name, .boolean(false)) }))
    ]), otherwise: Rule.present(PhaseSection.epochs.name))

  /// Removing what is below is allowed, setting is not.
  private static let removedEpochs = Rule.when(
    hasPhases,
    then: .object([
      JSON.Member(
        "properties",
        .object(
          PhaseSection.phaseOnly.map {
            JSON.Member($0.erased.name, .object([JSON.Member("type", .string("null"))]))
          }))
    ]), otherwise: nil)

  /// Of the top level, or of each phase.
  private static let optimizer = Rule.when(
    Rule.not(Rule.present(PhaseSection.optimizer.name)),
    then: inEachPhase(Rule.has(PhaseSection.optimizer.name)), otherwise: nil)

  private static let pipelines = pipelineNames.map { name in
    Rule.when(
      Rule.not(Rule.present(transforms, Rule.present(name))),
      then: inEachPhase(Rule.present(transforms, Rule.has(name))), otherwise: nil)
  }

  /// Nothing comes before the first phase that it could start from.
  private static let firstPhase: JSON = {
    let words = Checkpoint.allCases.map { JSON.string($0.rawValue) }
    let rule = Rule.property(
      PhaseSection.startFrom.name, Rule.not(.object([JSON.Member("enum", .array(words))])))
    return Rule.property(phases, .object([JSON.Member("prefixItems", .array([rule]))]))
  }()

  /// There are phases, and each is like this.
  private static func inEachPhase(_ rule: JSON) -> JSON {
    Rule.present(phases, .object([JSON.Member("items", rule)]))
  }

  /// A phase's own pipeline is a pipeline.
  private static let phase: [JSON.Member] = {
    let rules = pipelineNames.map { JSON.Member($0, Rule.notNull) }
    let rule = Rule.property(transforms, .object([JSON.Member("properties", .object(rules))]))
    return [JSON.Member("allOf", .array([rule]))]
  }()
}
