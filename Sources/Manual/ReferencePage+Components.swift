import Declarations
import Diagnostics
import Documents
import Experiments
import Optimizers

extension ReferencePage {
  /// The page of a transform, optimizer, scheduler or loss.
  package init(_ declaration: Declaration, of chapter: Chapter) {
    var parts: [Part] = [.text(Prose.sentence(declaration.doc))]
    // 1. How it is written.
    parts += [
      .heading("Example"), .block(Self.usage(declaration, of: chapter), language: "yaml"),
    ]
    // 2. Its arguments.
    if !declaration.parameters.isEmpty {
      parts.append(.heading("Arguments"))
      parts.append(
        .table(
          header: ["Argument", "Value", "Default", "Meaning"],
          declaration.parameters.map {
            Row($0.name, [ValueText.of($0), ValueText.defaultValue($0), $0.doc])
          }))
      // Only where the others may be left out.
      if let main = declaration.main,
        declaration.parameters.allSatisfy({ $0.name == main || $0.defaultValue != nil })
      {
        parts.append(
          .text(
            "`\(declaration.name): value` is short for `\(declaration.name): {\(main): value}`."))
      }
      for (word, values) in declaration.presets.sorted(by: { $0.key < $1.key }) {
        let text = declaration.parameters.compactMap { parameter in
          values[parameter.name].map { "\(parameter.name): \(ValueText.inline($0))" }
        }
        parts.append(
          .text(
            "`\(declaration.name): \(word)` stands for "
              + "`\(declaration.name): {\(text.joined(separator: ", "))}`."))
      }
    }
    // 3. What it computes.
    parts += [.heading("Formula"), .block(declaration.formula, language: "text")]
    if chapter == .schedulers, let rates = RateTable.text(declaration) {
      parts += [.text("The example's rates, from `lr: 0.01`:"), .block(rates, language: "text")]
    }
    // 4. The rest.
    var facts: [(label: String, text: String)] = []
    if !declaration.shape.isEmpty { facts.append(("Shape", Prose.withShapes(declaration.shape))) }
    if !declaration.draws.isEmpty { facts.append(("Draws", declaration.draws)) }
    if !declaration.state.isEmpty { facts.append(("Keeps", declaration.state)) }
    facts.append(("Same as", "`\(declaration.mirrors)`"))
    if let differs = declaration.differs { facts.append(("Differs from torch", differs)) }
    if !declaration.source.isEmpty { facts.append(("Source", declaration.source)) }
    parts += [.heading("More"), .facts(facts)]

    self.init(
      chapter: chapter, name: declaration.name, summary: declaration.doc, parts: parts,
      next:
        "'xrun explain \(chapter.rawValue)' lists the other \(chapter.rawValue); "
        + "'xrun check FILE' tries what you write.")
  }

  /// The example where it stands in a file.
  package static func usage(_ declaration: Declaration, of chapter: Chapter) -> String {
    guard chapter == .transforms else {
      let example = declaration.example
      return "\(chapter.singular): " + (example.contains(":") ? "{\(example)}" : example)
    }
    return "transforms:\n  train:\n    - \(declaration.example)"
  }
}

/// The rates that a scheduler's example gives, made by the scheduler itself.
package enum RateTable {
  private static let steps = [0, 1, 2, 5, 7, 10, 15, 20]

  package static func text(_ declaration: Declaration) -> String? {
    let (experiment, _) = ExampleRun.load(
      .init("scheduler", ReferencePage.usage(declaration, of: .schedulers)))
    guard let component = experiment?.phases.first?.scheduler else { return nil }
    let scheduler = SchedulerCatalogue.make(component)
    let columns = steps.map { step in
      (String(step), digits(scheduler.rate(base: 0.01, at: step)))
    }
    func line(_ label: String, _ cells: [String]) -> String {
      label
        + zip(cells, columns).map { cell, column in
          let width = max(column.0.count, column.1.count)
          return "  " + String(repeating: " ", count: width - cell.count) + cell
        }.joined()
    }
    return line("epoch", columns.map(\.0)) + "\n" + line("lr   ", columns.map(\.1))
  }

  /// Three significant digits.
  private static func digits(_ value: Double) -> String {
    guard value > 0 else { return "0" }
    var scale = 1.0
    while value * scale < 100 { scale *= 10 }
    let rounded = (value * scale).rounded() / scale
    return YAMLText.number(rounded).replacing("e-0", with: "e-")
  }
}
