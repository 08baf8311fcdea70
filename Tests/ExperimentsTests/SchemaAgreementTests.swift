import Diagnostics
import Documents
import Experiments
import Foundation
import Models
import TestSupport
import XCTest

/// The schema against `check`, judged by a validator that is not ours.
///
/// Whatever `check` accepts, the schema accepts; whatever `check` refuses for a reason that JSON Schema has words
/// for, the schema refuses. Of what only `check` knows, such as sizes that do not fit, nothing is claimed.
final class SchemaAgreementTests: XCTestCase {
  /// Codes whose mistakes a schema can see.
  private static let sayable: Set<Diagnostic.Code> = [
    "unknown-key", "unknown-parameter", "unknown-component", "unknown-choice", "unknown-backbone",
    "wrong-kind", "out-of-range", "wrong-count", "missing-key", "missing-parameter",
    "several-names", "unexpected-argument", "conflicting-keys", "nothing-before", "not-yet",
  ]

  /// Why a mistake with such a code cannot be said after all.
  private enum Exception: String, CaseIterable {
    case wholeNumber = "to JSON Schema 16.0 is an integer; check wants it written as one"
    case valuesTogether = "arguments that are valid alone but not together, as [max, min]"
    case interpolation = "what stands for '${env:…}' is not known before the run"
    case otherFile = "the mistake is in a file that this one extends"
    case below = "whether a key is missing, or 'null' removes one, depends on the file below"
  }

  private struct Case {
    var name: String
    var text: String
    var folder: String
  }

  private func exception(
    _ diagnostic: Diagnostic, in source: SourceText, extends: Bool
  ) -> Exception? {
    guard let span = diagnostic.primary?.span, span.source === source else { return .otherFile }
    let written = String(decoding: source.bytes[span.range], as: UTF8.self)
    if written.contains("${env:") { return .interpolation }
    if extends, diagnostic.code == "missing-key" || written == "null" { return .below }
    if diagnostic.code == "wrong-kind", case .number(let value) = Scalar.resolve(written),
      value == value.rounded(), diagnostic.message.contains("must be an integer")
    {
      return .wholeNumber
    }
    if diagnostic.code == "out-of-range", diagnostic.message.hasSuffix("')"),
      diagnostic.message.contains(" (in '")
    {
      return .valuesTogether
    }
    return nil
  }

  func testTheSchemaAgreesWithCheck() throws {
    let python = try Places.python()
    let folder = try TemporaryFolder()
    let cases = try allCases(in: folder)
    XCTAssertGreaterThan(cases.count, 10_000)

    // 1. What check says of each, and the document as an editor sees it.
    var lines: [String] = []
    var compared: [(name: String, text: String, accepted: Bool, sayable: [Diagnostic])] = []
    var exceptions: [Exception: Int] = [:]
    var withoutTree = 0
    var withoutJSON = 0
    for item in cases {
      let source = SourceText(name: "experiment.yaml", text: item.text)
      guard let root = DocumentParser.parse(source).root else {
        withoutTree += 1
        continue
      }
      // NaN and infinities: an editor's YAML has them, JSON and so its schema has not.
      guard let json = JSON(root) else {
        withoutJSON += 1
        continue
      }
      let (experiment, diagnostics) = ExperimentLoader.load(
        source, in: item.folder, checksFiles: false)
      var sayable: [Diagnostic] = []
      for diagnostic in diagnostics where Self.sayable.contains(diagnostic.code) {
        if let exception = exception(diagnostic, in: source, extends: root["extends"] != nil) {
          exceptions[exception, default: 0] += 1
        } else {
          sayable.append(diagnostic)
        }
      }
      compared.append((item.name, item.text, experiment != nil, sayable))
      lines.append(json.line)
    }

    // 2. What the validator says.
    let results = try validate(lines, python, folder)
    guard results.count == compared.count else {
      return XCTFail("\(results.count) answers to \(compared.count) documents")
    }

    // 3. Compared.
    var codes: [Diagnostic.Code: Int] = [:]
    var accepted = 0
    var refused = 0
    var failures = 0
    for (item, error) in zip(compared, results) {
      if item.accepted {
        accepted += 1
        guard let error, failures < 20 else { continue }
        failures += 1
        XCTFail("\(item.name): check accepts it, the schema says \(error)\n\(item.text)")
      } else if let first = item.sayable.first {
        refused += 1
        for code in Set(item.sayable.map(\.code)) { codes[code, default: 0] += 1 }
        guard error == nil, failures < 20 else { continue }
        failures += 1
        let place = first.primary.map { "\($0.span.line):\($0.span.column) " } ?? ""
        XCTFail(
          "\(item.name): the schema accepts it, check says \(place)\(first.code.rawValue) \(first.message)\n\(item.text)"
        )
      }
    }
    print(
      "schema: \(accepted) accepted by both, \(refused) refused by both, of \(compared.count);",
      "\(withoutTree) without a tree, \(withoutJSON) with NaN or an infinity;",
      exceptions.map { "\($0.value) \($0.key)" }.sorted().joined(separator: ", "))
    XCTAssertGreaterThan(accepted, 300)
    XCTAssertGreaterThan(refused, 1_500)
    XCTAssertLessThan(withoutJSON, compared.count / 20)
    XCTAssertLessThan(withoutTree, compared.count / 10)
    XCTAssertEqual(Set(codes.keys), Self.sayable, "each code is met")
    XCTAssertEqual(Set(exceptions.keys), Set(Exception.allCases), "each exception is met")
  }

  /// Wherever a scalar may stand, `${env:…}` may.
  func testInterpolationsAreAccepted() throws {
    let python = try Places.python()
    let folder = try TemporaryFolder()
    var lines: [String] = []
    var names: [String] = []
    for item in try experiments() {
      let tree = try XCTUnwrap(tree(item.text))
      for span in places(tree).scalars {
        let text = replace(span, in: item.text, by: "\"a/${env:XRUN_ANY,0.1}\"")
        lines.append(try XCTUnwrap(JSON(XCTUnwrap(self.tree(text)))).line)
        names.append("\(item.name):\(span.line):\(span.column)")
      }
    }
    XCTAssertGreaterThan(lines.count, 200)
    for (name, error) in zip(names, try validate(lines, python, folder)) {
      XCTAssertNil(error, name)
    }
  }

  /// The schema itself: by the metaschema, and each default and example where it stands.
  private func validate(
    _ lines: [String], _ python: String, _ folder: TemporaryFolder
  ) throws -> [String?] {
    try JSONSchema.text().write(toFile: folder("schema.json"), atomically: true, encoding: .utf8)
    try lines.map { $0 + "\n" }.joined().write(
      toFile: folder("documents.jsonl"), atomically: true, encoding: .utf8)
    let command = try Command(
      python,
      [
        Places.repository + "/Tools/python/validate_schema.py", folder("schema.json"),
        folder("documents.jsonl"),
      ])
    XCTAssertEqual(command.status, 0, command.output)
    let answers = try command.output.split(separator: "\n").map { try JSON(Array($0.utf8)) }
    let schema = try XCTUnwrap(answers.first)
    XCTAssertEqual(schema["mistakes"], .array([]))
    guard case .integer(let values)? = schema["values"] else {
      XCTFail("no count of values: \(command.output.prefix(500))")
      return []
    }
    XCTAssertGreaterThan(values, 100)
    return answers.dropFirst().map { $0["error"]?.text }
  }

  // MARK: Documents

  private func allCases(in folder: TemporaryFolder) throws -> [Case] {
    let experiments = try experiments()
    try Examples.small().write(toFile: folder("base.yaml"), atomically: true, encoding: .utf8)
    let overlays = Self.overlays.enumerated().map { index, text in
      Case(name: "overlay \(index)", text: "extends: base.yaml\n" + text, folder: folder.path)
    }
    let originals = experiments + overlays
    let written = try originals + variants() + mistakes() + arguments()
    var seen = Set(written.map { $0.folder + $0.text })
    // Chosen by a fixed seed, of all that are made.
    var generator = SplitMix64(state: 15)
    let mutated = originals.flatMap { mutations(of: $0) }.filter {
      seen.insert($0.folder + $0.text).inserted && generator.next() % 4 == 0
    }
    XCTAssertGreaterThan(mutated.count, 1_500)
    // All that the tests of misspellings, kinds and ranges make.
    let slips = try MisspellingTests.corpus().map {
      Case(name: $0.name, text: $0.text, folder: $0.directory)
    }
    XCTAssertGreaterThan(slips.count, 7_000)
    return written + mutated + slips.filter { seen.insert($0.folder + $0.text).inserted }
  }

  private func experiments() throws -> [Case] {
    let root = Places.repository + "/experiments"
    let files = try FileManager.default.subpathsOfDirectory(atPath: root).sorted()
    let shipped = try files.filter { $0.hasSuffix(".yaml") }.map { file in
      Case(
        name: file, text: try String(contentsOfFile: root + "/" + file, encoding: .utf8),
        folder: FilePath.directory(of: root + "/" + file))
    }
    XCTAssertGreaterThan(shipped.count, 5)
    return shipped + [
      Case(name: "flowers", text: Examples.flowers, folder: "/nowhere"),
      Case(name: "small", text: Examples.small(), folder: "/nowhere"),
    ]
  }

  /// Laid over the small experiment.
  private static let overlays = [
    "", "epochs: 5\n", "name: other\nseed: null\nnotes: null\n", "data: {workers: 2}\n",
    "data: {builtin: null, folder: pictures, splits: {val: {fraction: 0.5}}}\n",
    "freeze: {all_but: head}\ntrain: {batch_size: 8, monitor: null}\n",
    "model: {weights: none}\noptimizer: SGD\nscheduler: null\n",
    "epochs: null\nphases: [{name: a, epochs: 1}, {name: b, start_from: best, epochs: 2}]\n",
    "early_stopping: {patience: 3, min_delta: null}\n",
    "transforms: {eval: [Resize: [9, 9], ToTensor]}\nloss: {CrossEntropyLoss: 0.1}\n",
    "freeze: {bn: train}\n", "model: {}\n", "data: {folder: a, builtin: petals}\n",
    "freeze: {all_but: head, until: a}\n", "freeze: {until: a, only: [b]}\n",
    "freeze: {all_but: head, only: [b]}\n", "phases: [{name: a, epochs: 1}]\nepochs: 3\n",
    "phases: [{name: a, epochs: 1, start_from: best}]\nepochs: null\n",
  ]

  /// Other ways to write the small experiment, right and wrong.
  private func variants() -> [Case] {
    let phase = "{name: a, epochs: 1}"
    let texts: [(String, String)] = [
      ("optimizer", "optimizer: Adam"), ("optimizer", "optimizer: {Adam: }"),
      ("optimizer", "optimizer: {Adam: null}"), ("optimizer", "optimizer: {Adam: {}}"),
      ("optimizer", "optimizer: {Adam: 0.1}"), ("optimizer", "optimizer: {Adam: {lr: null}}"),
      ("optimizer", "optimizer: {}"), ("optimizer", "optimizer: null"), ("optimizer", "tags: []"),
      ("epochs", "epochs: null"), ("epochs", "tags: [a]"), ("epochs", "epochs: 1\nphases: null"),
      ("epochs", "phases: [\(phase)]"), ("epochs", "phases: [\(phase)]\nepochs: null"),
      ("epochs", "phases: [\(phase), {name: b, epochs: 2, start_from: null, optimizer: SGD}]"),
      ("epochs", "phases: [{name: a, epochs: 1, start_from: null}, \(phase)]"),
      ("epochs", "phases: [{name: a, epochs: 1, start_from: last}]"),
      ("epochs", "phases: [{name: a, epochs: null}]"),
      ("epochs", "phases: [{name: a, epochs: 1, optimizer: null}]"),
      ("epochs", "phases: [{name: a, epochs: 1, transforms: {train: null}}]"),
      ("epochs", "phases: [{name: a, epochs: 1, transforms: null, early_stopping: null}]"),
      ("epochs", "phases: [{name: a, epochs: 1, train: {}}]"),
      ("optimizer", "phases: [{name: a, epochs: 1, optimizer: SGD}]"),
      ("transforms", "phases: [{name: a, epochs: 1}]\nepochs: null"),
      (
        "transforms",
        "transforms: {eval: [Resize: [9, 9], ToTensor]}\nphases: [{name: a, epochs: 1}]"
      ),
      (
        "epochs",
        "phases: [{name: a, epochs: 1, transforms: {eval: null}}]"
      ),
      ("data", "data: {builtin: petals, classes: []}"),
      ("scheduler", "scheduler: {StepLR: 1, LinearLR: 0.5}"), ("transforms", "transforms: null"),
      ("transforms", "transforms: {}"),
      ("transforms", "transforms: {train: [ToTensor], eval: null}"),
      ("transforms", "transforms: {train: [Resize: [9, 9], ToTensor: ], eval: [Resize: 9]}"),
      (
        "transforms",
        "transforms: {train: [Resize: [9, 9], ToTensor, Normalize: imagenet], eval: [Resize: [9, 9], {ToTensor: {}}]}"
      ),
      (
        "transforms",
        "transforms: {train: [Resize: [9, 9], {ColorJitter: {hue: [0.2, 0.1]}}, ToTensor], eval: [Resize: [9, 9], ToTensor]}"
      ),
      (
        "transforms",
        "transforms: {train: [Resize: [9, 9], {ColorJitter: [0.2, 0.4]}, ToTensor], eval: [Resize: [9, 9], ToTensor]}"
      ),
      ("freeze", "freeze: none"), ("freeze", "freeze: {all_but: [fc.*]}"),
      ("freeze", "freeze: {all_but: null, until: layer1}"), ("freeze", "freeze: {until: null}"),
      ("freeze", "freeze: {only: [a], until: b}"), ("freeze", "freeze: {}"),
      ("data", "data: {folder: null, builtin: petals}"), ("data", "data: {folder: x, test: y}"),
      ("data", "data: {folder: x, splits: {test: null, val: {fraction: 0.2}}}"),
      ("data", "data: {folder: x, splits: {val: {fraction: 0}}}"), ("data", "data: null"),
      ("scheduler", "scheduler: {StepLR: 3}"), ("scheduler", "scheduler: null"),
      ("scheduler", "scheduler: {StepLR: {step_size: 3, by: step}}"),
      ("extends", "extends: null"), ("extends", "extends: 3"),
      ("seed", "seed: 9223372036854775807"), ("seed", "seed: 9223372036854775808"),
      ("seed", "seed: 0x10"), ("notes", "notes: |\n  several\n  lines"),
      ("epochs", "epochs: 16.0"), ("notes", "notes: ${env:HOME}"),
      ("epochs", "epochs: ${env:XRUN_UNSET,4}"), ("epochs", "epochs: \"${env:XRUN_UNSET,many}\""),
      ("optimizer", "optimizer: \"${env:XRUN_UNSET,Adam}\""),
      ("extends", "extends: base.yaml"),
    ]
    // Of the two pipelines one is missing, or stands in the phase.
    let list = "[Resize: [9, 9], ToTensor]"
    let split = [("train", "eval"), ("eval", "train")].flatMap { here, there in
      [
        "transforms: {\(here): \(list)}\nphases: [{name: a, epochs: 1}]",
        "transforms: {\(here): \(list)}\nphases: [{name: a, epochs: 1, transforms: {\(here): \(list)}}]",
        "transforms: {\(here): \(list)}\nphases: [{name: a, epochs: 1, transforms: {\(there): \(list)}}]",
        "phases: [{name: a, epochs: 1, transforms: {\(here): \(list)}}]",
        "transforms: {\(here): \(list)}\nepochs: 1",
      ].map { text in
        let head = "name: a\ndata: {builtin: petals}\nmodel: {backbone: resnet18}\noptimizer: SGD\n"
        return Case(name: text, text: head + text, folder: "/nowhere")
      }
    }
    return split
      + texts.map { block, text in
        Case(name: text, text: Examples.small(block, text), folder: "/nowhere")
      }
  }

  /// Each argument of each component with values of every kind, and those at hand's reach of its range.
  private func arguments() throws -> [Case] {
    let values = [
      "-1", "0", "0.5", "1", "2", "1.5", "-1e9", "1e9", "1000000000", "-0.001", "null", "true",
      "text", "{}", "[]", "[0]", "[-1, 0]", "[0.1, 1]", "[1, 2, 3]", "[1, 2, 3, 4]", "[a, b]",
    ]
    var texts: [(block: String, text: String)] = []
    for family in Families.standard.all {
      func add(_ component: String) {
        texts.append(
          family.name == "transform"
            ? (
              "transforms",
              "transforms: {train: [Resize: [99, 99], \(component), ToTensor], eval: [Resize: [9, 9], ToTensor]}"
            ) : (family.name, "\(family.name): \(component)"))
      }
      for declaration in family.declarations {
        add(declaration.name)
        for value in values { add("{\(declaration.name): \(value)}") }
        let example = try XCTUnwrap(JSON(XCTUnwrap(tree(declaration.example))))
        var written: [JSON.Member] = []
        if case .object(let members)? = example[declaration.name] { written = members }
        for name in declaration.parameters.map(\.name) + ["unheard_of"] {
          let others = written.filter { $0.name != name }.map { "\($0.name): \($0.value.line), " }
          add("{\(declaration.name): {\(others.joined())}}")
          for value in values {
            add("{\(declaration.name): {\(others.joined())\(name): \(value)}}")
          }
        }
      }
    }
    XCTAssertGreaterThan(texts.count, 500)
    return texts.map { Case(name: $1, text: Examples.small($0, $1), folder: "/nowhere") }
  }

  /// The marked mistakes.
  private func mistakes() throws -> [Case] {
    let root = Places.repository + "/Tests/ExperimentsTests/Mistakes"
    var cases: [Case] = []
    for file in try FileManager.default.contentsOfDirectory(atPath: root).sorted()
    where file.hasSuffix(".md") {
      let text = try String(contentsOfFile: root + "/" + file, encoding: .utf8)
      for part in text.components(separatedBy: "\n```yaml").dropFirst() {
        let block = part.prefix { $0 != "\n" }.trimmingCharacters(in: .whitespaces)
        let lines = part.drop { $0 != "\n" }.dropFirst()
        let body = String(lines).components(separatedBy: "\n```")[0]
        cases.append(
          Case(
            name: file, text: block.isEmpty ? body : Examples.small(block, body),
            folder: "/nowhere"))
      }
    }
    XCTAssertGreaterThan(cases.count, 60)
    return cases
  }

  // MARK: Mutations

  private func tree(_ text: String) -> Node? {
    DocumentParser.parse(SourceText(name: "experiment.yaml", text: text)).root
  }

  private func places(_ node: Node) -> (keys: [Span], scalars: [Span]) {
    var keys: [Span] = []
    var scalars: [Span] = []
    func visit(_ node: Node) {
      switch node.content {
      case .scalar where !node.isNull: scalars.append(node.span)
      case .scalar: break
      case .sequence(let elements): elements.forEach(visit)
      case .mapping(let entries):
        for entry in entries {
          keys.append(entry.keySpan)
          visit(entry.value)
        }
      }
    }
    visit(node)
    return (keys, scalars)
  }

  private func replace(_ span: Span, in text: String, by other: String) -> String {
    var bytes = Array(text.utf8)
    bytes.replaceSubrange(span.range, with: Array(other.utf8))
    return String(decoding: bytes, as: UTF8.self)
  }

  private func misspellings(_ word: String) -> [String] {
    let letters = Array(word)
    var words = [word + "s", word.uppercased(), word.lowercased(), String(letters.dropLast())]
    let middle = letters.count / 2
    if middle + 1 < letters.count {
      var swapped = letters
      swapped.swapAt(middle, middle + 1)
      words.append(String(swapped))
      words.append(String(letters[..<middle] + letters[(middle + 1)...]))
    }
    return words.filter { !$0.isEmpty && $0 != word }
  }

  private func mutations(of item: Case) -> [Case] {
    guard let tree = tree(item.text) else { return [] }
    let (keys, scalars) = places(tree)
    var texts: [String] = []
    // 1. Keys and words misspelt.
    for span in keys + scalars {
      let written = Array(item.text.utf8)[span.range]
      for word in misspellings(String(decoding: written, as: UTF8.self)) {
        texts.append(replace(span, in: item.text, by: word))
      }
    }
    // 2. Scalars of other types, and numbers beyond every range.
    let others = [
      "12", "1.5", "true", "null", "text", "\"3\"", "[1]", "[a, b]", "{a: 1}", "{}", "[]", "-1",
      "0", "1", "16.0", "1e9", "99999999999999999999", "-99999999999999999999", "0.5", ".inf",
    ]
    for span in scalars {
      for other in others { texts.append(replace(span, in: item.text, by: other)) }
    }
    // 3. Lines left out, and written twice.
    let lines = item.text.split(separator: "\n", omittingEmptySubsequences: false)
    for index in lines.indices {
      var fewer = lines
      fewer.remove(at: index)
      var more = lines
      more.insert(lines[index], at: index)
      texts += [fewer, more].map { $0.joined(separator: "\n") }
    }
    return texts.enumerated().map {
      Case(name: "\(item.name), mutation \($0)", text: $1, folder: item.folder)
    }
  }
}
