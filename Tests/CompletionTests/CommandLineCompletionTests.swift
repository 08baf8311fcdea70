import Completion
import Foundation
import XCTest

/// What is offered at each place of a command line, for a small program of the same form as ours.
final class CommandLineCompletionTests: XCTestCase {
  private func offers(_ line: String) throws -> [String] {
    let dump = """
      {"command": {"commandName": "xrun", "defaultSubcommand": "train", "arguments": [
          {"kind": "flag", "shouldDisplay": true, "isRepeating": false,
           "names": [{"kind": "short", "name": "h"}, {"kind": "long", "name": "help"}]}],
        "subcommands": [
        {"commandName": "train", "abstract": "Trains.", "arguments": [
          {"kind": "positional", "shouldDisplay": true, "isRepeating": false, "valueName": "file"},
          {"kind": "positional", "shouldDisplay": true, "isRepeating": true,
           "valueName": "key=value"},
          {"kind": "option", "shouldDisplay": true, "isRepeating": true, "valueName": "code",
           "names": [{"kind": "long", "name": "allow"}]},
          {"kind": "option", "shouldDisplay": true, "isRepeating": false, "valueName": "threads",
           "names": [{"kind": "long", "name": "threads"}], "abstract": "How many. More."},
          {"kind": "option", "shouldDisplay": false, "isRepeating": false, "valueName": "x",
           "names": [{"kind": "long", "name": "hidden"}]}]},
        {"commandName": "check", "arguments": [
          {"kind": "positional", "shouldDisplay": true, "isRepeating": true, "valueName": "file"},
          {"kind": "option", "shouldDisplay": true, "isRepeating": false, "valueName": "format",
           "names": [{"kind": "long", "name": "format"}], "allValues": ["text", "json"]}]},
        {"commandName": "compare", "shouldDisplay": false, "arguments": [
          {"kind": "option", "shouldDisplay": true, "isRepeating": false, "valueName": "metric",
           "names": [{"kind": "long", "name": "metric"}]},
          {"kind": "option", "shouldDisplay": true, "isRepeating": false, "valueName": "field",
           "names": [{"kind": "long", "name": "sort"}]},
          {"kind": "option", "shouldDisplay": true, "isRepeating": false, "valueName": "run",
           "names": [{"kind": "long", "name": "baseline"}]}]},
        {"commandName": "secret", "shouldDisplay": false},
        {"commandName": "eval", "arguments": [
          {"kind": "positional", "shouldDisplay": true, "isRepeating": false, "valueName": "run"}]},
        {"commandName": "explain", "arguments": [
          {"kind": "positional", "shouldDisplay": true, "isRepeating": false, "valueName": "name"}
        ]}]}}
      """
    let shape = try JSONDecoder().decode(CommandShape.Dump.self, from: Data(dump.utf8)).command
    let bash = BashLine(line, breaks: "")
    return bash.replies(CommandLineCompletion(shape).candidates(bash.words)).map(\.line)
  }

  func testVerbsAndFilesStandFirst() throws {
    XCTAssertEqual(
      try offers("xrun "), ["train\tTrains.", "check", "eval", "explain", ":yaml"])
    XCTAssertEqual(try offers("xrun ch"), ["check", ":yaml"])
    XCTAssertEqual(try offers("xrun check "), [":yaml"])
    XCTAssertEqual(try offers("xrun eval "), [":folders"])
    XCTAssertEqual(try offers("xrun eval run "), [])
  }

  func testOptionsAreOfferedOnceAndHiddenOnesNever() throws {
    XCTAssertEqual(try offers("xrun f.yaml -"), ["--allow", "--threads\tHow many."])
    XCTAssertEqual(try offers("xrun -"), ["--allow", "--threads\tHow many.", "--help"])
    XCTAssertEqual(try offers("xrun f.yaml --threads 2 --allow x --"), ["--allow"])
    XCTAssertEqual(try offers("xrun check --format "), ["text", "json"])
    XCTAssertEqual(try offers("xrun check --format=j"), ["--format=json"])
    XCTAssertEqual(try offers("xrun check --format=j --"), [])
    XCTAssertEqual(try offers("xrun f.yaml --threads "), [])
  }

  func testKeysFollowTheFileWithAndWithoutAVerb() throws {
    let doc = "\tlearning rate"
    for start in ["xrun none.yaml", "xrun train none.yaml", "xrun none.yaml --threads 2 seed=1"] {
      XCTAssertEqual(try offers(start + " optimizer.l"), ["optimizer.lr=" + doc], start)
    }
    XCTAssertEqual(
      try offers("xrun check none.yaml optimizer.l"), [":yaml", "optimizer.lr=" + doc])
  }

  func testNamesAndCodes() throws {
    XCTAssertEqual(try offers("xrun f.yaml --allow eval-s"), ["eval-scale", "eval-size"])
    XCTAssertTrue(
      try offers("xrun explain Step").first?.hasPrefix("StepLR\t") ?? false)
    XCTAssertEqual(
      try offers("xrun compare --metric test/acc"),
      ["test/acc1", "test/acc5", "test/acc_per_class_mean"])
    XCTAssertEqual(try offers("xrun compare --sort=ti"), ["--sort=time"])
    XCTAssertEqual(try offers("xrun compare --baseline "), [":folders"])
    XCTAssertTrue(try offers("xrun explain unknown-k").contains { $0.hasPrefix("unknown-key\t") })
  }

  func testBashGetsThePieceBehindItsBreak() {
    let line = BashLine("xrun 'my file.yaml' a\\ b model.backbone=resnet1", breaks: " \t=:")
    XCTAssertEqual(line.words, ["xrun", "my file.yaml", "a b", "model.backbone=resnet1"])
    XCTAssertEqual(
      line.replies([
        .word("model.backbone=resnet18", doc: ""), .word("model.backbone=vgg", doc: ""),
      ]), [.word("resnet18", doc: "")])
    XCTAssertEqual(BashLine("xrun ", breaks: "").words, ["xrun", ""])
  }
}
