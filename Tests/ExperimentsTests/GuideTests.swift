import Diagnostics
import Documents
import Experiments
import TestSupport
import XCTest

/// Every block of YAML in the README and the guide is checked, and what pages say that `check` says is what it says.
///
/// The words behind `yaml`: none for a whole experiment, a key for a part of the small experiment, `part`
/// for the next part of a file that grows, `extends` for a file on the experiment before, `file` for YAML
/// that is no experiment. A block `text check NAME` behind one is the exact answer; without it there is none.
final class GuideTests: XCTestCase {
  private struct Block {
    let words: [String]
    let text: String
    let place: String
  }

  private func blocks(_ path: String) throws -> [Block] {
    let text = try String(contentsOfFile: Places.repository + "/" + path, encoding: .utf8)
    var blocks: [Block] = []
    var open: (words: [String], lines: [Substring], line: Int)?
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
      if line == "```", let block = open {
        blocks.append(
          Block(
            words: block.words, text: block.lines.joined(separator: "\n"),
            place: "\(path):\(block.line)"))
        open = nil
      } else if open != nil {
        open?.lines.append(line)
      } else if line.hasPrefix("```") {
        open = (line.dropFirst(3).split(separator: " ").map(String.init), [], index + 1)
      }
    }
    XCTAssertNil(open, "\(path): a block is not closed")
    return blocks
  }

  /// What `xrun check` writes about a text to standard error.
  private func answer(_ text: String, named name: String) -> String {
    let loaded = ExperimentLoader.load(
      SourceText(name: name, text: text), in: "/nowhere", checksFiles: false,
      environment: { _ in nil })
    return ExperimentCheck(loaded.experiment, loaded.diagnostics).diagnostics
      .rendered(as: .text(isColoured: false)).trimmingCharacters(in: .newlines)
  }

  func testEveryBlockSaysWhatItsPageSays() throws {
    var (count, answers) = (0, 0)
    let guide = try FileManager.default.contentsOfDirectory(
      atPath: Places.repository + "/docs/guide")
    for page in ["README.md"] + guide.filter({ $0.hasSuffix(".md") }).map({ "docs/guide/" + $0 }) {
      let blocks = try blocks(page)
      var parts: [String] = []
      var whole = ""
      for (index, block) in blocks.enumerated() where block.words.first == "yaml" {
        count += 1
        // The command that is asked may stand between the file and the answer.
        let next = blocks[(index + 1)...].first { $0.words != ["sh"] }
        let expected = next?.words.prefix(2) == ["text", "check"] ? next : nil
        var text = block.text + "\n"
        switch block.words.dropFirst().first {
        case nil: whole = text
        case "part":
          parts.append(block.text)
          // It is a file once its last part is there.
          guard !isFollowedByAPart(blocks, index) else { continue }
          text = parts.joined(separator: "\n\n") + "\n"
        case "file":
          XCTAssertEqual(
            DocumentParser.parse(SourceText(name: block.place, text: text)).diagnostics.map(
              \.message), [])
          continue
        case "extends":
          try checkExtending(text, base: whole, block.place)
          continue
        case let key?: text = SmallExperiment.text(with: .init(key, block.text))
        }
        if let expected {
          answers += 1
          XCTAssertEqual(
            answer(text, named: expected.words.last ?? ""), expected.text, expected.place)
        } else {
          XCTAssertEqual(answer(text, named: "experiment.yaml"), "", block.place)
        }
      }
    }
    XCTAssertGreaterThan(count, 20)
    XCTAssertGreaterThan(answers, 2)
  }

  private func isFollowedByAPart(_ blocks: [Block], _ index: Int) -> Bool {
    blocks[(index + 1)...].contains { $0.words == ["yaml", "part"] }
  }

  private func checkExtending(_ text: String, base: String, _ place: String) throws {
    let folder = try TemporaryFolder()
    try base.write(toFile: folder("first.yaml"), atomically: true, encoding: .utf8)
    try text.write(toFile: folder("next.yaml"), atomically: true, encoding: .utf8)
    let loaded = ExperimentLoader.load(path: folder("next.yaml"), checksFiles: false)
    XCTAssertEqual(loaded.diagnostics.map(\.message), [], place)
    XCTAssertEqual(loaded.experiment?.name, "first-slow")
    XCTAssertEqual(
      ExperimentCheck(loaded.experiment, []).diagnostics.map(\.code.rawValue), [], place)
  }
}
