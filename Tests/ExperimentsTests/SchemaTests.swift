import Experiments
import Foundation
import Models
import TestSupport
import XCTest

/// The schema's text, and what editors are told of it.
final class SchemaTests: XCTestCase {
  func testTheCommittedSchemaIsNotStale() throws {
    let path = Places.repository + "/docs/reference/xrun.schema.json"
    let committed = try? String(contentsOfFile: path, encoding: .utf8)
    XCTAssertTrue(
      committed == JSONSchema.text(),
      "docs/reference/xrun.schema.json is stale: run 'make generate'")
    XCTAssertEqual(
      try JSON(Array(JSONSchema.text().utf8))["$schema"]?.text?.suffix(14), "2020-12/schema")
  }

  func testEveryPropertyIsDescribedAndNoneIsKeptForLater() throws {
    let schema = JSONSchema.experiment()
    guard case .object(let definitions)? = schema["$defs"] else { return XCTFail("no $defs") }
    var count = 0
    var names = Set<String>()
    // Rules between keys have properties too; those that declare keys allow no others.
    func visit(_ value: JSON, _ place: String) {
      if case .array(let elements) = value {
        for (index, element) in elements.enumerated() { visit(element, "\(place)/\(index)") }
      }
      guard case .object(let members) = value else { return }
      if value["additionalProperties"] == .boolean(false),
        case .object(let keys)? = value["properties"]
      {
        for key in keys {
          count += 1
          names.insert(key.name)
          XCTAssertFalse(key.value["description"]?.text?.isEmpty ?? true, "\(place)/\(key.name)")
        }
      }
      for member in members { visit(member.value, "\(place)/\(member.name)") }
    }
    for definition in definitions {
      XCTAssertFalse(definition.value["description"]?.text?.isEmpty ?? true, definition.name)
      visit(definition.value, definition.name)
    }
    XCTAssertGreaterThan(count, 100)
    XCTAssertTrue(names.isSuperset(of: ["backbone", "RandomRotation", "T_max", "fraction", "by"]))
    XCTAssertTrue(
      names.isDisjoint(with: ["sweep", "seeds", "cache", "checkpoint", "cut"]))
  }

  func testWhatAnEditorShows() throws {
    let definitions = try XCTUnwrap(JSONSchema.experiment()["$defs"])
    let size = try XCTUnwrap(definitions["section.train"]?["properties"]?["batch_size"])
    XCTAssertEqual(
      size["description"]?.text, "the pictures of one step; in pictures; from 1 to 65536")
    XCTAssertEqual(size["default"], .integer(128))
    XCTAssertEqual(size["examples"], .array([.integer(64)]))
    let fraction = try XCTUnwrap(definitions["section.val"]?["properties"]?["fraction"])
    XCTAssertEqual(fraction["exclusiveMinimum"], .number(0))
    XCTAssertEqual(fraction["exclusiveMaximum"], .number(1))
    XCTAssertEqual(definitions["section.val"]?["required"], .array([.string("fraction")]))
    // A name alone is for what needs no argument.
    let transform = definitions["transform"]?.line ?? ""
    let names = transform.prefix(upTo: transform.range(of: "]")?.lowerBound ?? transform.endIndex)
    XCTAssertTrue(names.contains("\"ToTensor\""), transform)
    XCTAssertFalse(names.contains("\"Resize\""), transform)
    XCTAssertTrue(
      definitions["section.model"]?["properties"]?["backbone"]?.line.contains("\"resnet152\"")
        ?? false)
  }

  // MARK: Editors

  private let entry =
    "\"yaml.schemas\": {\"./.vscode/xrun.schema.json\": [\"experiments/**/*.yaml\", \"experiments/**/*.yml\"]}"

  func testSettingsAreMergedWithoutTouchingTheRest() throws {
    let inner = String(entry.dropFirst(17).dropLast())
    for (old, new) in [
      ("", "{\n  \(entry)\n}\n"), (" \n", "{\n  \(entry)\n}\n"), ("{}", "{\(entry)}"),
      (
        "{\n    \"editor.tabSize\": 2,\n\n    \"b\": 1.50\n}\n",
        "{\n    \(entry),\n    \"editor.tabSize\": 2,\n\n    \"b\": 1.50\n}\n"
      ),
      ("{\"a\":1e2}", "{\(entry), \"a\":1e2}"),
      (
        "{\n\t\"yaml.schemas\": {\n\t\t\"x.json\": \"y\"\n\t}\n}",
        "{\n\t\"yaml.schemas\": {\n\t\t\(inner),\n\t\t\"x.json\": \"y\"\n\t}\n}"
      ),
      ("{\"é\": \"{\", \"yaml.schemas\": {}}", "{\"é\": \"{\", \"yaml.schemas\": {\(inner)}}"),
    ] {
      let merged = try XCTUnwrap(EditorSettings.merged(into: old), old)
      XCTAssertEqual(merged, new)
      XCTAssertNoThrow(try JSON(Array(merged.utf8)), merged)
      XCTAssertEqual(EditorSettings.merged(into: merged), merged, "twice is once")
    }
    // Globs of the user's own stay.
    let own = "{\"yaml.schemas\": {\"./.vscode/xrun.schema.json\": \"*.yaml\"}}"
    XCTAssertEqual(EditorSettings.merged(into: own), own)
    for wrong in ["{ // tabs\n}", "[1]", "{\"a\": 1,}", "{\"yaml.schemas\": 3}", "\u{FEFF}{}"] {
      XCTAssertNil(EditorSettings.merged(into: wrong), wrong)
    }
  }

  func testModelinesStandOnceAtTheTop() {
    let line = "# yaml-language-server: $schema=../s.json"
    let old = "# yaml-language-server: $schema=elsewhere"
    for (text, expected) in [
      ("", "\(line)\n"), ("name: x\n", "\(line)\nname: x\n"),
      ("# a comment\n\nname: x", "\(line)\n# a comment\n\nname: x"),
      ("name: x\r\nseed: 1\r\n", "\(line)\r\nname: x\r\nseed: 1\r\n"),
      ("\u{FEFF}name: x\n", "\u{FEFF}\(line)\nname: x\n"),
      ("\(old)\nname: x\n", "\(line)\nname: x\n"),
      ("# first\n\(old)\r\nname: x\n", "# first\n\(line)\r\nname: x\n"),
      ("name: x\n\(old)\n", "\(line)\nname: x\n\(old)\n"),
    ] {
      let named = EditorSettings.naming("../s.json", in: text)
      XCTAssertEqual(Array(named.utf8), Array(expected.utf8), text)
      XCTAssertEqual(
        Array(EditorSettings.naming("../s.json", in: named).utf8), Array(named.utf8),
        "twice is once")
    }
  }

  func testPathsAreSeenFromTheFile() {
    for (path, folder, expected) in [
      ("/a/.vscode/s", "/a", ".vscode/s"), ("/a/.vscode/s", "/a/b/c", "../../.vscode/s"),
      ("/a/.vscode/s", "/x", "../a/.vscode/s"), ("/.vscode/s", "/", ".vscode/s"),
      ("/ab/.vscode/s", "/a", "../ab/.vscode/s"),
    ] {
      XCTAssertEqual(EditorSettings.relative(path, from: folder), expected)
    }
  }
}
