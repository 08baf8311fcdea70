import Declarations
import Diagnostics
import Experiments

extension ReferencePage {
  /// What `xrun explain` says of a key.
  package init(_ key: LanguageKey) {
    var parts: [Part] = [.text(Prose.sentence(key.parameter.doc))]
    var facts = [(label: "Value", text: ValueText.of(key.parameter))]
    let standard = key.defaultText
    if !standard.isEmpty { facts.append(("Default", standard)) }
    if !key.laterValues.isEmpty {
      facts.append(("Not yet", key.laterValues.map { "`\($0)`" }.joined(separator: ", ")))
    }
    if let list = LanguageKey.lists.first(where: { key.path.hasPrefix($0 + ".") }) {
      facts.append(("Stands in", "each of `\(list)`"))
    } else if Self.isOfPhases(key.path) {
      facts.append(("Stands in", "the top level, or each of `phases`"))
    } else {
      facts.append(("Stands in", "the top level"))
    }
    parts.append(.facts(facts))
    parts += [.heading("Example"), .block(key.yaml, language: "yaml")]
    if let section = key.section {
      let rows = LanguageKey.all.filter { $0.path.hasPrefix(key.path + ".") }.map {
        Row(
          $0.path,
          [ValueText.of($0.parameter), $0.defaultText, $0.parameter.doc])
      }
      parts += [
        .heading("Keys"), .table(header: ["Key", "Value", "Default", "Meaning"], rows),
      ]
      if section.name == "phase" {
        parts.append(.text(Self.phaseKeysText))
      }
      if key.path == "transforms" { parts += Self.choices(of: "transform") }
    }
    if let family = key.family { parts += Self.choices(of: family) }
    if key.path == "model" || key.path == "model.backbone" { parts += Self.choices(of: "backbone") }
    self.init(
      chapter: .keys, name: key.path, summary: key.parameter.doc, parts: parts,
      next: key.family.flatMap { Chapter.of(family: $0) }.flatMap { Manual.entries(of: $0).first }
        .map { "'xrun explain \($0.name)' explains one of them." }
        ?? (LanguageKey.lists.contains { key.path.hasPrefix($0) } || key.path == "extends"
          || key.section != nil
          ? "'xrun explain keys' lists all keys."
          : "'xrun check FILE \(key.path)=…' tries another value."))
  }

  /// Keys of the top level that a phase may have too.
  package static let phaseKeys =
    (LanguageKey.all.first { $0.path == "phases" }?.section?.parameters ?? [])
    .filter { ExperimentSection.declaration.parameter($0.name) == $0 }.map(\.name)

  /// What a phase has from the top level, and what only it can have.
  private static let phaseKeysText: String = {
    let own = PhaseSection.phaseOnly.map(\.erased.name)
    func list(_ names: [String]) -> String {
      Suggestion.list(names).replacing("'", with: "`")
    }
    return
      "A phase may also have \(list(phaseKeys.filter { !own.contains($0) })); what it does not "
      + "write it takes from the top level. It has its own \(list(own)), which cannot stand at the "
      + "top level where there are phases."
  }()

  private static func isOfPhases(_ path: String) -> Bool {
    phaseKeys.contains { path == $0 || path.hasPrefix($0 + ".") }
  }

  private static func choices(of family: String) -> [Part] {
    guard let chapter = Chapter.of(family: family) else { return [] }
    return [.heading(chapter.title), .names(chapter, Manual.entries(of: chapter))]
  }

  /// The one page of all keys.
  package static func allKeys() -> ReferencePage {
    var parts: [Part] = [
      .text(
        "Every key that an experiment's file may have. A key that is not here is an error, and so is "
          + "a value outside of what stands here. On the command line a key is set as "
          + "`train.batch_size=64`.")
    ]
    // One table for the top level, and one for each section of it.
    let top = LanguageKey.all.filter { !$0.path.contains(".") }
    parts += [.heading("The top level"), Self.table(top)]
    for (key, chapter) in [
      ("loss", Chapter.losses), ("optimizer", .optimizers), ("scheduler", .schedulers),
    ] {
      parts += [.text("What `\(key)` can be:"), .names(chapter, Manual.entries(of: chapter))]
    }
    for section in top where section.section != nil {
      let inner = LanguageKey.all.filter { $0.path.hasPrefix(section.path + ".") }
      parts += [
        .heading(section.path), .text(Prose.sentence(section.parameter.doc)),
        .block(section.yaml, language: "yaml"), Self.table(inner),
      ]
      for (path, chapter) in [("model", Chapter.backbones), ("transforms", .transforms)]
      where section.path == path {
        parts += [.text("\(chapter.title):"), .names(chapter, Manual.entries(of: chapter))]
      }
      if section.path == "phases" {
        parts.append(.text(phaseKeysText))
      }
    }
    let later = ExperimentSection.declaration.later.compactMap { later in
      if case .key(let key) = later { "`\(key)`" } else { nil }
    }
    parts += [
      .heading("Not yet"),
      .text(
        "The language keeps a place for these keys and refuses them until they work: "
          + later.joined(separator: ", ") + "."),
    ]
    return ReferencePage(
      chapter: .keys, name: "keys", summary: "every key of an experiment's file", parts: parts,
      next: "")
  }

  private static func table(_ keys: [LanguageKey]) -> Part {
    .table(
      header: ["Key", "Value", "Default", "Example", "Meaning"],
      keys.map { key in
        Row(
          key.path,
          [
            ValueText.of(key.parameter), key.defaultText,
            "`\(key.parameter.example)`", key.parameter.doc,
          ])
      })
  }
}
