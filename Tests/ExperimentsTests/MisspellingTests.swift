import Declarations
import Diagnostics
import Documents
import Experiments
import TestSupport
import XCTest

/// Slips made on purpose in every shipped experiment and in the design's: each is refused at its place, and
/// the word that was meant is suggested.
final class MisspellingTests: XCTestCase {
  /// All random choices are a function of it; failures print it.
  private static let seed: UInt64 = 13

  /// A file that slips are made in.
  private struct Original {
    var name: String
    var directory: String
    var bytes: [UInt8]

    /// What the checks say of the file with one stretch replaced, and where the replacement lies.
    func replacing(_ range: Range<Int>, with text: String) -> (
      found: (experiment: Experiment?, diagnostics: [Diagnostic]), range: Range<Int>, text: String
    ) {
      let bytes = Array(bytes[..<range.lowerBound]) + Array(text.utf8) + bytes[range.upperBound...]
      let found = ExperimentLoader.load(
        SourceText(name: name, bytes: bytes), in: directory, checksFiles: false,
        environment: { _ in nil })
      return (
        found, range.lowerBound..<range.lowerBound + text.utf8.count,
        String(decoding: bytes, as: UTF8.self)
      )
    }
  }

  private static func originals() throws -> [Original] {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("experiments")
    let files = FileManager.default.enumerator(atPath: root.path)?.compactMap { $0 as? String }
    let paths = (files ?? []).filter { $0.hasSuffix(".yaml") }.sorted()
    XCTAssertGreaterThanOrEqual(paths.count, 8)
    let shipped = try paths.map { path in
      let file = root.appendingPathComponent(path)
      return Original(
        name: path, directory: file.deletingLastPathComponent().path,
        bytes: Array(try Data(contentsOf: file)))
    }
    return [Original(name: "design", directory: "/nowhere", bytes: Array(Examples.flowers.utf8))]
      + shipped
  }

  // MARK: What stands where

  /// A place in a file that takes one of a few names: a key, a component, a word.
  private struct Name {
    var text: String
    var range: Range<Int>
    var choices: [String]
  }
  /// A scalar and what may stand there.
  private struct Value {
    var path: String
    var range: Range<Int>
    var kind: Kind
  }

  private struct Survey {
    var names: [Name] = []
    var values: [Value] = []

    mutating func visit(_ node: Node, _ kind: Kind, _ path: String) {
      switch (kind, node.content) {
      case (.optional(let wrapped), .scalar) where node.isNull: add(node, kind, path, wrapped)
      case (.optional(let wrapped), .scalar): scalar(node, wrapped, path, whole: kind)
      case (.optional(let wrapped), _): visit(node, wrapped, path)
      case (.either(let kinds), .sequence):
        for case .list(let element, let count) in kinds {
          visit(node, .list(element, count: count), path)
        }
      case (.either(let kinds), .mapping):
        for kind in kinds {
          if case .section = kind { visit(node, kind, path) }
          if case .component = kind { visit(node, kind, path) }
        }
      case (.list(let element, _), .sequence(let elements)):
        for (index, node) in elements.enumerated() { visit(node, element, "\(path)[\(index)]") }
      case (.section(let declaration), .mapping(let entries)):
        keys(entries, declaration, path)
      case (.component(let name), .mapping(let entries)):
        guard let family = Families.standard.all.first(where: { $0.name == name }),
          let entry = entries.first, let declaration = family.declaration(entry.key)
        else { return XCTFail(path) }
        names.append(
          Name(
            text: entry.key, range: entry.keySpan.range,
            choices: family.declarations.map(\.name)))
        arguments(entry.value, declaration, "\(path).\(entry.key)")
      default: scalar(node, kind, path, whole: kind)
      }
    }

    private mutating func keys(_ entries: [Node.Entry], _ declaration: Declaration, _ path: String)
    {
      for entry in entries {
        guard let parameter = declaration.parameter(entry.key) else { continue }
        names.append(
          Name(
            text: entry.key, range: entry.keySpan.range,
            choices: declaration.parameters.map(\.name)))
        visit(entry.value, parameter.kind, "\(path).\(entry.key)")
      }
    }

    private mutating func arguments(_ node: Node, _ declaration: Declaration, _ path: String) {
      if case .mapping(let entries) = node.content { return keys(entries, declaration, path) }
      guard let main = declaration.main.flatMap({ declaration.parameter($0) }) else { return }
      let words = declaration.presets.keys.sorted()
      if case .scalar(let scalar) = node.content {
        if words.contains(scalar.text) {
          names.append(Name(text: scalar.text, range: node.span.range, choices: words))
        }
        // Without arguments a component has its defaults.
        add(node, .optional(.either([main.kind, .choice(words)])), path, nil)
      } else {
        visit(node, main.kind, path)
      }
    }

    private mutating func scalar(_ node: Node, _ kind: Kind, _ path: String, whole: Kind) {
      add(node, whole, path, kind)
    }

    private mutating func add(_ node: Node, _ kind: Kind, _ path: String, _ inner: Kind?) {
      guard let scalar = node.scalar, !scalar.text.isEmpty else { return }
      values.append(Value(path: path, range: node.span.range, kind: kind))
      var choices: [String] = []
      switch inner {
      case .choice(let words): choices = words
      case .component(let name):
        choices = Families.standard.all.first { $0.name == name }?.declarations.map(\.name) ?? []
      case .string where path == ".model.backbone": choices = Families.standard.backbones
      default: break
      }
      if choices.contains(scalar.text) {
        names.append(Name(text: scalar.text, range: node.span.range, choices: choices))
      }
    }
  }

  private static func survey(_ original: Original) throws -> Survey {
    let (root, diagnostics) = DocumentParser.parse(
      SourceText(name: original.name, bytes: original.bytes))
    XCTAssertFalse(diagnostics.hasErrors)
    var survey = Survey()
    survey.visit(try XCTUnwrap(root), .section(ExperimentSection.declaration), "")
    return survey
  }

  // MARK: Names

  /// A word with one slip of each kind at each place, or at one random place of each kind.
  private static func slips(
    _ word: String, everywhere: Bool, _ generator: inout SplitMix64
  ) -> [String] {
    let letters = Array(word)
    func spelled(_ change: (inout [Character]) -> Void) -> String {
      var changed = letters
      change(&changed)
      return String(changed)
    }
    func letter() -> Character {
      "abcdefghijklmnopqrstuvwxyz".randomElement(using: &generator) ?? "x"
    }
    func places(_ range: Range<Int>) -> [Int] {
      everywhere ? Array(range) : range.randomElement(using: &generator).map { [$0] } ?? []
    }
    var slips: [String] = []
    for index in places(letters.indices) { slips.append(spelled { $0.remove(at: index) }) }
    for index in places(0..<letters.count + 1) {
      slips.append(spelled { $0.insert(letter(), at: index) })
    }
    for index in places(letters.indices) { slips.append(spelled { $0[index] = letter() }) }
    for index in places(0..<letters.count - 1) {
      slips.append(spelled { $0.swapAt(index, index + 1) })
    }
    for index in places(letters.indices) {
      let other =
        letters[index].isUppercase ? letters[index].lowercased() : letters[index].uppercased()
      slips.append(spelled { $0[index] = Character(other) })
    }
    slips += [word.uppercased(), word.lowercased(), word.capitalized]
    var seen: Set<String> = [word, ""]
    return slips.filter { seen.insert($0).inserted }
  }

  func testMisspeltNamesAreFoundAndTheRightOneIsSuggested() throws {
    var generator = SplitMix64(state: Self.seed)
    var (count, right, otherNames, echoes) = (0, 0, 0, 0)
    var missed: [String] = []
    for (number, original) in try Self.originals().enumerated() {
      for name in try Self.survey(original).names {
        for slip in Self.slips(name.text, everywhere: number == 0, &generator) {
          if name.choices.contains(slip) {
            otherNames += 1
            continue
          }
          // A word that YAML takes for something else is no misspelt name.
          guard case .string = Scalar.resolve(slip) else { continue }
          let (found, range, _) = original.replacing(name.range, with: slip)
          count += 1
          let place = "seed \(Self.seed), \(original.name): '\(slip)' for '\(name.text)'"
          XCTAssertNil(found.experiment, place)
          let hits = found.diagnostics.filter {
            $0.severity == .error && $0.primary?.span.range == range
          }
          XCTAssertEqual(hits.count, 1, "\(place) \(found.diagnostics.map(\.message))")
          echoes += found.diagnostics.count - hits.count
          if hits.first?.primary?.text == "did you mean '\(name.text)'?" {
            right += 1
          } else {
            missed.append("\(slip) for \(name.text): \(hits.first?.primary?.text ?? "")")
          }
        }
      }
    }
    let rate = Double(right) / Double(count)
    print(
      "seed \(Self.seed): \(count) misspelt names, \(right) with the right word (\(rate)), "
        + "\(otherNames) became another name, \(echoes) echoes; missed: \(missed.prefix(40))")
    XCTAssertGreaterThanOrEqual(count, 5_000)
    XCTAssertGreaterThanOrEqual(rate, 0.95)
    XCTAssertLessThan(echoes, count / 20)
  }

  func testUnrelatedWordsGetNoSuggestion() throws {
    let words = """
      banana xyzzy kangaroo umbrella helicopter quux wizard volcano jigsaw blizzard octopus rhubarb
      galaxy puzzle zeppelin mushroom yoghurt trumpet lizard walnut fjord oxygen cucumber syzygy
      bagpipe hurricane kiwi giraffe jukebox sphinx quicksand vampire buzzard mango pyjamas
      zucchini kayak unicorn igloo walrus quiver bamboo jaguar vodka kumquat haiku gnu blubber
      oboe yak
      """.split { " \n".contains($0) }.map(String.init)
    XCTAssertEqual(words.count, 50)
    var seen = Set<[String]>()
    var count = 0
    for original in try Self.originals() {
      for name in try Self.survey(original).names where seen.insert(name.choices).inserted {
        for word in words {
          let (found, range, _) = original.replacing(name.range, with: word)
          let hit = found.diagnostics.first { $0.primary?.span.range == range }
          XCTAssertEqual(hit?.primary?.text, "", "'\(word)' for '\(name.text)'")
          count += 1
        }
      }
    }
    print("\(count) unrelated words")
    XCTAssertGreaterThanOrEqual(count, 50 * 15)
  }

  // MARK: Values

  private static let replacements = ["banana", "-7.5", "7", "true", "null", "[1]", "{a: 1}"]

  /// Whether the language takes a replacement where a kind is wanted: by the kind alone, and why.
  private static func reason(_ text: String, for kind: Kind) -> String? {
    switch (kind, text) {
    case (.optional, "null"): return "null stands for none, or for the default"
    case (.optional(let wrapped), _): return reason(text, for: wrapped)
    case (.either(let kinds), _): return kinds.lazy.compactMap { reason(text, for: $0) }.first
    case (.boolean, "true"): return "a boolean"
    case (.integer(let range), "7"): return range.contains(7) ? "an integer of its range" : nil
    case (.number(let range), "7"), (.number(let range), "-7.5"):
      return range.contains(Double(text) ?? .nan) ? "a number of its range" : nil
    case (.string, "banana"): return "a text, which is free as far as its kind goes"
    case (.choice(let words), _): return words.contains(text) ? "one of its words" : nil
    case (.list(let element, let count), "[1]"):
      guard count.contains(1) else { return nil }
      switch element {
      case .integer(let range): return range.contains(1) ? "a list that fits" : nil
      case .number(let range): return range.contains(1) ? "a list that fits" : nil
      default: return nil
      }
    default: return nil
    }
  }

  func testValuesOfOtherKindsAreRefusedAtTheirPlace() throws {
    var (count, refused) = (0, 0)
    var accepted: [String: Int] = [:]
    var freeTexts = Set<String>()
    for original in try Self.originals() {
      for value in try Self.survey(original).values {
        for replacement in Self.replacements {
          let (found, range, text) = original.replacing(value.range, with: replacement)
          count += 1
          let place = "\(original.name)\(value.path) = \(replacement)"
          let reason = Self.reason(replacement, for: value.kind)
          if found.experiment != nil {
            XCTAssertNotNil(reason, "accepted: \(place)")
            accepted[reason ?? "", default: 0] += 1
            if replacement == "banana" { freeTexts.insert(Self.general(value.path)) }
            continue
          }
          refused += 1
          let errors = found.diagnostics.filter { $0.severity == .error }
          XCTAssertFalse(errors.isEmpty, place)
          if reason != nil {
            // Right by its kind and wrong by its meaning: somewhere in the file.
            XCTAssertTrue(errors.allSatisfy { $0.primary != nil }, place)
            continue
          }
          // A list or mapping may be wrong as a whole or in its parts.
          let isWhole = !"[{".contains(replacement.prefix(1))
          XCTAssertTrue(
            errors.contains { error in
              guard let span = error.primary?.span.range else { return false }
              return span == range
                || !isWhole && range.lowerBound <= span.lowerBound
                  && span.upperBound <= range.upperBound
            },
            "\(place)\n\(found.diagnostics.map { "\($0.message) \($0.primary?.span.range ?? 0..<0)" }) \(range)\n\(text)"
          )
        }
      }
    }
    print("\(count) values of other kinds, \(refused) refused; accepted: \(accepted)")
    // What a person may write anything in.
    XCTAssertEqual(
      freeTexts.subtracting([
        ".name", ".notes", ".data.folder", ".data.class_names", ".phases[].name", ".tags[]",
        ".freeze.until", ".phases[].freeze.until", ".freeze.only[]", ".freeze.all_but[]",
        ".phases[].freeze.only[]", ".phases[].freeze.all_but[]", ".data.splits.train",
        ".data.splits.val", ".data.splits.test", ".runs",
      ]), [])
  }

  /// A path without the numbers in brackets.
  private static func general(_ path: String) -> String {
    path.split(separator: "[", omittingEmptySubsequences: false).enumerated().map { index, part in
      index == 0 ? String(part) : "[" + part.drop { $0 != "]" }
    }.joined()
  }

  // MARK: For other judges

  /// Every file with a mistake that these tests make, once.
  static func corpus() throws -> [(name: String, directory: String, text: String)] {
    var corpus: [(name: String, directory: String, text: String)] = []
    var seen = Set<String>()
    var generator = SplitMix64(state: seed)
    for (number, original) in try originals().enumerated() {
      func add(_ range: Range<Int>, _ replacement: String, _ name: String) {
        let bytes = original.bytes
        let text =
          String(decoding: bytes[..<range.lowerBound], as: UTF8.self) + replacement
          + String(decoding: bytes[range.upperBound...], as: UTF8.self)
        guard seen.insert(original.directory + text).inserted else { return }
        corpus.append(("\(original.name): \(name) = \(replacement)", original.directory, text))
      }
      let survey = try survey(original)
      for name in survey.names {
        for slip in slips(name.text, everywhere: number == 0, &generator) {
          add(name.range, slip, name.text)
        }
      }
      for value in survey.values {
        for replacement in replacements + outside(value.kind) {
          add(value.range, replacement, value.path)
        }
      }
    }
    return corpus
  }

  // MARK: Ranges

  /// Values just outside each end of each range of a kind.
  private static func outside(_ kind: Kind) -> [String] {
    switch kind {
    case .integer(let range):
      return (range.lowerBound == .min ? [] : ["\(range.lowerBound - 1)"])
        + (range.upperBound == .max ? ["99999999999999999999"] : ["\(range.upperBound + 1)"])
    case .number(let range):
      var values = [".nan", ".inf", "-.inf"]
      if range.lower.isFinite {
        values.append(
          "\(range.excludesLower ? range.lower : range.lower - max(abs(range.lower), 1) * 1e-3)")
      }
      if range.upper.isFinite {
        values.append(
          "\(range.excludesUpper ? range.upper : range.upper + max(abs(range.upper), 1) * 1e-3)")
      }
      return values
    case .optional(let wrapped): return outside(wrapped)
    case .either(let kinds):
      return kinds.flatMap { kind in
        if case .list = kind { return [] as [String] }
        return outside(kind)
      }
    default: return []
    }
  }

  func testRangesAreKeptAtBothEndsInTheFiles() throws {
    var count = 0
    for original in try Self.originals() {
      for value in try Self.survey(original).values {
        for text in Self.outside(value.kind) {
          let (found, range, _) = original.replacing(value.range, with: text)
          count += 1
          XCTAssertNil(found.experiment, "\(value.path) = \(text)")
          XCTAssertTrue(
            found.diagnostics.contains {
              $0.code == "out-of-range" && $0.primary?.span.range == range
            }, "\(original.name)\(value.path) = \(text): \(found.diagnostics.map(\.message))")
        }
      }
    }
    print("\(count) values out of range in files")
    XCTAssertGreaterThan(count, 500)
  }

  func testRangesOfEveryDeclarationAreKeptAtBothEnds() {
    var count = 0
    for family in Families.standard.all {
      for declaration in family.declarations {
        for parameter in declaration.parameters {
          for value in Self.lists(parameter.kind)
            + Self.outside(parameter.kind).map({ ("", $0, "") })
          {
            let component = "{\(declaration.name): {\(parameter.name): "
            let text =
              switch family.name {
              case "transform":
                "transforms:\n  train: [\(component)\(value.0)\(value.1)\(value.2)}}, ToTensor]\n"
                  + "  eval: [Resize: [8, 8], ToTensor]"
              default: "\(family.name): \(component)\(value.0)\(value.1)\(value.2)}}"
              }
            let key = family.name == "transform" ? "transforms" : family.name
            let whole = Examples.small(key, text)
            let found = Examples.load(whole)
            count += 1
            XCTAssertNil(found.experiment, text)
            XCTAssertTrue(
              found.diagnostics.contains { diagnostic in
                guard let span = diagnostic.primary?.span, diagnostic.code == "out-of-range" else {
                  return false
                }
                return String(decoding: span.source.bytes[span.range], as: UTF8.self) == value.1
              }, "\(text): \(found.diagnostics.map(\.message))")
          }
        }
      }
    }
    print("\(count) values out of range in components")
    XCTAssertGreaterThan(count, 100)
  }

  /// Lists with one element outside, in front of it and behind it what is inside.
  private static func lists(_ kind: Kind) -> [(String, String, String)] {
    switch kind {
    case .optional(let wrapped): return lists(wrapped)
    case .either(let kinds): return kinds.flatMap { lists($0) }
    case .list(let element, let count):
      let inside = inside(element)
      let length = max(1, count.lowerBound)
      return outside(element).flatMap { value in
        (0..<length).map { index in
          (
            "[" + String(repeating: "\(inside), ", count: index), value,
            String(repeating: ", \(inside)", count: length - 1 - index) + "]"
          )
        }
      }
    default: return []
    }
  }

  private static func inside(_ kind: Kind) -> String {
    switch kind {
    case .integer(let range): return "\(max(range.lowerBound, min(range.upperBound, 8)))"
    case .number(let range): return range.contains(0.5) ? "0.5" : "\(range.lower + 1)"
    default: return "x"
    }
  }
}
