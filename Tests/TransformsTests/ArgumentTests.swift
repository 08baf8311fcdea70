import Declarations
import Foundation
import TestSupport
import Transforms
import XCTest

/// Every argument of every transform, every word that it may be and every form that it may have, stands in a golden.
final class ArgumentTests: XCTestCase {
  private struct Draws: Decodable {
    let transform: String
    let arguments: [String: JSONValue]
  }

  /// What goldens give each argument of a transform. Some decide draws alone: those goldens count too.
  private func written(_ name: String) throws -> [String: Set<DeclaredValue>] {
    let path = "\(Places.repository)/Tests/TransformsTests/Goldens/draws.json"
    let draws = try JSONDecoder().decode(
      [Draws].self, from: Data(contentsOf: URL(fileURLWithPath: path)))
    let uses =
      try TransformGoldenTests.cases(of: name).map(\.arguments)
      + draws.filter { $0.transform == name }.map(\.arguments)
    var written: [String: Set<DeclaredValue>] = [:]
    for arguments in uses {
      for (argument, value) in arguments {
        written[argument, default: []].insert(value.declared)
      }
    }
    return written
  }

  func testEveryArgumentOfEveryTransformHasAGolden() throws {
    for type in TransformCatalogue.all {
      let name = type.declaration.name
      let written = try written(name)
      XCTAssertEqual(
        Set(written.keys).subtracting(type.declaration.parameters.map(\.name)), [], name)
      for parameter in type.declaration.parameters {
        let values = written[parameter.name] ?? []
        let label = "'\(name)' by '\(parameter.name)'"
        XCTAssertFalse(
          values.filter { $0 != parameter.defaultValue }.isEmpty,
          "no golden of \(label) other than its default: add it to Tools/golden/transforms.py, run 'make golden'"
        )
        let all = values.union(parameter.defaultValue.map { [$0] } ?? [])
        for form in Self.forms(of: parameter.kind) where !all.contains(where: form.fits) {
          XCTFail(
            "no golden of \(label) as \(form.words): add it to Tools/golden/transforms.py, run 'make golden'"
          )
        }
      }
    }
  }

  private struct Form {
    let words: String
    let fits: (DeclaredValue) -> Bool
  }

  /// What a value may look like: each word of a choice, each alternative, each length of a list.
  private static func forms(of kind: Kind) -> [Form] {
    switch kind {
    case .choice(let words):
      words.map { word in Form(words: "'\(word)'") { $0 == .string(word) } }
    case .either(let kinds): kinds.flatMap(forms)
    case .optional(let kind): [Form(words: "null") { $0 == .null }] + forms(of: kind)
    case .boolean:
      [true, false].map { flag in Form(words: "\(flag)") { $0 == .boolean(flag) } }
    case .list(_, let counts):
      // Not every length between is allowed for three channels.
      Set([counts.lowerBound, counts.upperBound]).sorted().map { count in
        Form(words: "a list of \(count)") {
          if case .list(let values) = $0 { values.count == count } else { false }
        }
      }
    case .integer:
      [Form(words: "an integer") { if case .integer = $0 { true } else { false } }]
    case .number: [Form(words: "a number") { $0.double != nil }]
    case .string, .component, .section: [Form(words: "any value") { _ in true }]
    }
  }

  func testEachFormIsAskedFor() {
    let kind = Kind.either([.integer(0...9), .list(.integer(0...9), count: 1...2), .choice(["a"])])
    let forms = Self.forms(of: .optional(kind))
    XCTAssertEqual(
      forms.map(\.words), ["null", "an integer", "a list of 1", "a list of 2", "'a'"])
    XCTAssertFalse(forms[1].fits(.number(1)))
    XCTAssertTrue(forms[3].fits(.list([.integer(1), .integer(2)])))
    XCTAssertFalse(forms[4].fits(.string("b")))
  }
}
