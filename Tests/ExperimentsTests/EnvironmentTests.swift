import Diagnostics
import Experiments
import XCTest

/// `${env:VAR}` and `${env:VAR,default}`.
final class EnvironmentTests: XCTestCase {
  private func load(
    _ block: String, _ text: String, _ environment: [String: String] = [:],
    overrides: [String] = []
  ) -> (experiment: Experiment?, diagnostics: [Diagnostic]) {
    ExperimentLoader.load(
      SourceText(name: "experiment.yaml", text: Examples.small(block, text)), in: "/nowhere",
      overrides: overrides, checksFiles: false, environment: { environment[$0] })
  }

  func testValuesAreWhatTheirTextMeans() throws {
    let optimizer = "optimizer: {Adam: {lr: \"${env:LR,1e-3}\"}}"
    XCTAssertEqual(load("optimizer", optimizer).experiment?.phases[0].baseRate, 1e-3)
    XCTAssertEqual(load("optimizer", optimizer, ["LR": "0.5"]).experiment?.phases[0].baseRate, 0.5)
    XCTAssertEqual(load("epochs", "epochs: ${env:N}", ["N": "7"]).experiment?.phases[0].epochs, 7)
    // Text is text where text is wanted, whatever it looks like.
    XCTAssertEqual(load("name", "name: ${env:N}", ["N": "7"]).experiment?.name, "7")
    XCTAssertEqual(
      load("name", "name: run-${env:N}-${env:M,x}", ["N": "7"]).experiment?.name, "run-7-x")
    // Nothing is null, as it is where nothing is written.
    let empty = load("notes", "notes: ${env:NONE,}").experiment
    XCTAssertNotNil(empty)
    XCTAssertNil(empty?.notes)
    XCTAssertEqual(
      load("notes", "notes: costs $5 ${HOME} ${x:y}").experiment?.notes, "costs $5 ${HOME} ${x:y}")
    XCTAssertEqual(
      load("epochs", "epochs: 3", ["N": "9"], overrides: ["epochs=${env:N}"]).experiment?.phases[0]
        .epochs, 9)
    // A variable that is set to nothing is set.
    XCTAssertNil(load("notes", "notes: ${env:E,x}", ["E": ""]).experiment?.notes)
    XCTAssertEqual(load("notes", "notes: ${env:E,x}").experiment?.notes, "x")
  }

  func testTheResolvedFileIsTheSameWithoutTheEnvironment() throws {
    let experiment = try XCTUnwrap(
      load("optimizer", "optimizer:\n  Adam:\n    lr: ${env:LR}", ["LR": "0.25"]).experiment)
    let resolved = experiment.resolvedYAML()
    XCTAssertTrue(
      resolved.contains("lr: 0.25  # experiment.yaml:13:9, ${env:LR}"), resolved)
    let again = ExperimentLoader.load(
      SourceText(name: "resolved.yaml", text: resolved), in: "/nowhere", checksFiles: false,
      environment: { _ in nil })
    XCTAssertEqual(again.experiment?.configurationHash, experiment.configurationHash)
  }

  func testMistakesPointAtTheExpression() {
    for (text, expected) in [
      ("epochs: ${env:N}", "12:9 missing-variable the environment has no variable 'N'"),
      (
        "notes: a ${env:A,b} and ${env:N}",
        "13:25 missing-variable the environment has no variable 'N'"
      ),
      ("notes: ${env:}", "13:8 bad-interpolation '' cannot be a variable's name"),
      ("notes: ${env:1A}", "13:8 bad-interpolation '1A' cannot be a variable's name"),
      ("notes: ${env:A", "13:8 bad-interpolation '${env:' is never closed"),
      ("notes: ${env:LOOP}", "13:8 bad-interpolation the value of 'LOOP' holds '${env:' itself"),
      ("epochs: ${env:WORD}", "12:9 wrong-kind 'epochs' must be an integer, not the string 'many'"),
      ("epochs: ${env:ZERO}", "12:9 out-of-range 'epochs' must be from 1 to 1000000, not 0"),
    ] {
      let block = text.hasPrefix("epochs") ? "epochs" : "notes"
      let (experiment, diagnostics) = load(
        block, text, ["LOOP": "${env:A}", "WORD": "many", "ZERO": "0"])
      XCTAssertNil(experiment, text)
      XCTAssertEqual(
        diagnostics.map {
          "\($0.primary?.span.line ?? 0):\($0.primary?.span.column ?? 0) \($0.code.rawValue) \($0.message)"
        }, [expected])
    }
    let argument = load("name", "name: a", overrides: ["epochs=${env:N}"]).diagnostics
    XCTAssertEqual(argument.map(\.primary?.span.source.name), ["<argument 1>"])
    XCTAssertEqual(argument.map(\.primary?.span.column), [8])
  }

  func testExtendsMayNameAVariable() {
    let (_, diagnostics) = ExperimentLoader.load(
      SourceText(name: "experiment.yaml", text: "extends: ${env:BASE}.yaml\nname: a\n"),
      in: "/nowhere", checksFiles: false, environment: { $0 == "BASE" ? "small" : nil })
    XCTAssertEqual(
      diagnostics.map(\.message),
      ["there is no file '/nowhere/small.yaml'"])
    let (_, missing) = ExperimentLoader.load(
      SourceText(name: "experiment.yaml", text: "extends: ${env:BASE}.yaml\nname: a\n"),
      in: "/nowhere", checksFiles: false, environment: { _ in nil })
    XCTAssertEqual(missing.map(\.code), ["missing-variable"])
  }
}
