import Declarations
import Diagnostics
import Models

/// The keys of `freeze`: at most one selection, and what batch norm does.
enum FreezeSection {
  static let allBut = Parameter<DeclaredValue>(
    "all_but", .optional(.either([.choice(["head"]), globs])), default: .null,
    doc: "'head', or globs over parameter names: all others are frozen", example: "head")
  static let until = Parameter<String?>(
    "until", default: .some(nil), doc: "the last layer that is frozen, with all before it",
    example: "layer3")
  static let only = Parameter<[String]?>(
    "only", .optional(globs), default: .some(nil), doc: "globs over the parameters to freeze",
    example: "[conv1.*, bn1.*, layer1.*]")
  static let bn = Parameter<String>(
    "bn", .choice(FreezePolicy.BatchNormMode.allCases.map(\.rawValue)), default: "eval",
    doc: "what batch-norm layers with frozen parameters do while training", example: "train")

  private static let globs = Kind.list(.string, count: 1...Int.max)

  static let declaration = Declaration(
    section: "freeze", [allBut, until, only, bn], doc: "which parameters a phase leaves alone")

  /// `none`, or the section.
  static let kind = Kind.either([.choice(["none"]), .section(declaration)])

  /// What can be written, for whoever wrote something else.
  static let forms =
    "write 'none', or one of '{all_but: head}', '{all_but: [layer4.*]}', '{until: layer3}', "
    + "'{only: [conv1.*]}': globs are a list, and the head is never frozen"

  /// Of a value that is none of the forms, with all of them as help.
  static func helped(_ diagnostic: Diagnostic) -> Diagnostic {
    guard ["unknown-choice", "wrong-kind"].contains(diagnostic.code.rawValue),
      ["'freeze' ", "'all_but' ", "'only' "].contains(where: diagnostic.message.hasPrefix)
    else { return diagnostic }
    return diagnostic.with(help: forms)
  }

  /// The policy; nil where it is wrong, with the reason among the diagnostics.
  static func policy(
    _ value: DeclaredValue, span: Span?, _ diagnostics: inout [Diagnostic]
  ) -> FreezePolicy? {
    guard case .component(let section) = value else { return FreezePolicy(.none) }
    let values = section.values
    let selections = [allBut.name, until.name, only.name]
    let written = selections.filter { values.entries[$0] != nil && values.entries[$0] != .null }
    if written.count > 1 {
      diagnostics.append(
        .error(
          "conflicting-keys", "'freeze' takes one of 'all_but', 'until' and 'only'",
          at: values.span(of: written[1]),
          labels: .at(values.span(of: written[0]), "the first"),
          help: "remove all but one"))
      return nil
    }
    guard let word = values.checked(bn), let batchNorm = FreezePolicy.BatchNormMode(rawValue: word)
    else { return nil }
    switch (written.first, written.first.flatMap { values.entries[$0] }) {
    case ("all_but"?, .string?): return FreezePolicy(.allButHead, batchNorm: batchNorm)
    case ("all_but"?, .list(let globs)?):
      return FreezePolicy(.allBut(globs.compactMap { String($0) }), batchNorm: batchNorm)
    case ("until"?, .string(let layer)?): return FreezePolicy(.until(layer), batchNorm: batchNorm)
    case ("only"?, .list(let globs)?):
      return FreezePolicy(.only(globs.compactMap { String($0) }), batchNorm: batchNorm)
    default:
      if selections.contains(where: { values.entries[$0] == nil }) { return nil }
      diagnostics.append(
        .error(
          "missing-key", "'freeze' needs one of 'all_but', 'until' and 'only'",
          at: values.span ?? span, help: forms))
      return nil
    }
  }

  /// The policy as it is written in a file.
  static func declared(_ policy: FreezePolicy) -> DeclaredValue {
    var values = Values()
    switch policy.selection {
    case .none: return .string("none")
    case .allButHead: values.set("all_but", .string("head"), .byDefault)
    case .until(let layer): values.set("until", .string(layer), .byDefault)
    case .allBut(let globs): values.set("all_but", globs.declared, .byDefault)
    case .only(let globs): values.set("only", globs.declared, .byDefault)
    }
    values.set("bn", .string(policy.batchNorm.rawValue), .byDefault)
    return .component(ComponentValue(name: "freeze", values: values))
  }
}
