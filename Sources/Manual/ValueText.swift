import Declarations
import Diagnostics
import Documents

/// What may be written for a parameter, in words.
package enum ValueText {
  package static func of(_ parameter: AnyParameter) -> String {
    guard case .optional(let wrapped) = parameter.kind else {
      return of(parameter.kind) + of(parameter.unit)
    }
    return of(wrapped) + of(parameter.unit) + ", or `null`"
  }

  private static func of(_ unit: Unit?) -> String {
    switch unit {
    case .probability?: ", a probability"
    case .fraction?: ", a fraction"
    case .pixels?, .degrees?, .seconds?, .bytes?: ", in \(unit?.rawValue ?? "")"
    // What counts says itself what it counts.
    case .epochs?, .steps?, .pictures?, .threads?, nil: ""
    }
  }

  package static func of(_ kind: Kind) -> String {
    switch kind {
    case .boolean: return "`true` or `false`"
    case .integer(let range): return "integer" + of(range)
    case .number(let range): return "number" + of(range)
    case .string: return "text"
    case .choice(let words): return list(words.map { "`\($0)`" })
    case .list(let element, let count):
      return "list of " + amount(count) + plural(element)
    case .either(let kinds): return list(kinds.map { of($0) })
    case .optional(let wrapped): return of(wrapped) + ", or `null`"
    case .component(let family):
      let article = family.first.map { "aeiou".contains($0) } ?? false ? "an" : "a"
      return "\(article) \(family)"
    case .section: return "keys of its own"
    }
  }

  private static func plural(_ element: Kind) -> String {
    switch element {
    case .integer(let range): "integers" + of(range)
    case .number(let range): "numbers" + of(range)
    case .string: "texts"
    case .component(let family): family == "loss" ? "losses" : family + "s"
    case .section(let declaration):
      declaration.main == nil
        ? "mappings, each with keys of its own" : "texts, or mappings with keys of their own"
    default: of(element)
    }
  }

  private static func amount(_ count: ClosedRange<Int>) -> String {
    switch (count.lowerBound, count.upperBound) {
    case let (lower, upper) where lower == upper: "\(lower) "
    case (0...1, 64...): ""
    case (let lower, 64...): "at least \(lower) "
    case let (lower, upper): "\(lower) to \(upper) "
    }
  }

  /// The default, or that there is none.
  package static func defaultValue(_ parameter: AnyParameter) -> String {
    guard let value = parameter.defaultValue else { return "required" }
    // A section's defaults stand with its keys.
    if case .component(let component) = value, isSection(parameter.kind) {
      return component.values.entries.isEmpty ? "" : "those of its keys"
    }
    return "`\(inline(value))`"
  }

  /// A value as people write it.
  package static func inline(_ value: DeclaredValue) -> String {
    guard case .number(let number) = value else {
      if case .list(let values) = value {
        return "[\(values.map { inline($0) }.joined(separator: ", "))]"
      }
      return YAMLText.inline(value)
    }
    // A third is written with as many digits as say so.
    let rounded = (number * 1e6).rounded() / 1e6
    if rounded != number, abs(number) > 1e-3 { return "\(rounded)…" }
    return number == number.rounded() && abs(number) < 1e15
      ? String(Int(number)) : YAMLText.number(number)
  }

  /// Whether a value is a section, so that its defaults stand elsewhere.
  private static func isSection(_ kind: Kind) -> Bool {
    switch kind {
    case .section: true
    case .optional(let wrapped): isSection(wrapped)
    default: false
    }
  }

  private static func of(_ range: ClosedRange<Int>) -> String {
    switch (range.lowerBound == .min, range.upperBound == .max) {
    case (true, true): ""
    case (false, true): " at least \(range.lowerBound)"
    case (true, false): " at most \(range.upperBound)"
    case (false, false): " from \(range.lowerBound) to \(range.upperBound)"
    }
  }

  private static func of(_ range: NumberRange) -> String {
    guard range.lower.isFinite, range.upper.isFinite, range.excludesLower || range.excludesUpper
    else { return range == .any ? "" : " \(range.description)" }
    let upper = NumberRange(-.infinity, range.upper, excludesUpper: range.excludesUpper)
    let lower = NumberRange(range.lower, .infinity, excludesLower: range.excludesLower)
    return " \(lower.description) and \(upper.description)"
  }

  private static func list(_ words: [String]) -> String {
    guard words.count > 1, let last = words.last else { return words.first ?? "" }
    // A part that has a comma or an "or" in it would run into its neighbours.
    let isLong = words.contains { $0.contains(" ") }
    return words.dropLast().joined(separator: ", ") + (isLong ? ", or " : " or ") + last
  }
}
