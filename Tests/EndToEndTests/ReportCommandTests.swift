import Foundation
import Runs
import TestSupport
import XCTest

/// Reports as the program writes them: at the end of a training, and by command.
final class ReportCommandTests: XCTestCase {
  func testATrainedRunHasAReportThatAgreesWithEval() throws {
    let program = try Program()
    try program.experiment()
    let trained = try program.run(["small.yaml"])
    XCTAssertEqual(trained.status, 0, trained.errors)
    let run = trained.lastLine
    let report = try String(contentsOfFile: run + "/report.html", encoding: .utf8)
    XCTAssertTrue(trained.errors.contains("report   \(run)/report.html"), trained.errors)

    // The best weights once more, by another command: the page has the same numbers to the digit.
    for (split, weights) in [("val", "best"), ("test", "best")] {
      let result = try program.run(["eval", run, "--split", split, "--weights", weights])
      XCTAssertEqual(result.status, 0, result.errors)
      var seen = 0
      for line in result.output.split(separator: "\n") {
        let parts = line.split(separator: " ")
        // Of test the page shows the accuracy alone.
        guard parts[0].hasPrefix("val/") || parts[0] == "test/acc1", let value = Double(parts[1])
        else { continue }
        let text = value == value.rounded() ? "\(Int(value))" : "\(value)"
        XCTAssertTrue(report.contains("<data value=\"\(text)\">"), String(line))
        seen += 1
      }
      XCTAssertEqual(seen, split == "val" ? 4 : 1)
    }

    // By command it is the same page, in another place where that is wanted.
    let again = try program.run(["report", run])
    XCTAssertEqual(again.status, 0, again.errors)
    XCTAssertEqual(again.lastLine, run + "/report.html")
    XCTAssertEqual(try String(contentsOfFile: run + "/report.html", encoding: .utf8), report)
    let elsewhere = try program.run(["report", run, "--output", "page.html"])
    XCTAssertEqual(elsewhere.lastLine, "page.html")
    XCTAssertEqual(
      try String(contentsOfFile: program.folder("page.html"), encoding: .utf8), report)
    XCTAssertEqual(try program.run(["report", run, "--output", "-"]).output, report)
  }

  func testSeveralRunsAreCompared() throws {
    let program = try Program()
    try program.experiment("small.yaml", ["epochs: 2": "epochs: 1"])
    var trained = try program.run(["small.yaml"])
    XCTAssertEqual(trained.status, 0, trained.errors)
    trained = try program.run(["small.yaml", "seed=1"])
    XCTAssertEqual(trained.status, 0, trained.errors)
    let report = try program.run(["report", "runs/"])
    XCTAssertEqual(report.status, 0, report.errors)
    XCTAssertEqual(report.lastLine, "runs/comparison.html")
    let page = try String(contentsOfFile: program.folder("runs/comparison.html"), encoding: .utf8)
    // A link leads from the page to the folder, and from there to its report.
    XCTAssertTrue(page.contains("href=\"small-"), "beside it")
    let written = try program.run(["compare", "runs", "--format", "html"])
    XCTAssertEqual(written.status, 0, written.errors)
    XCTAssertTrue(written.output.contains("href=\"runs/small-"), "from the working directory")
    XCTAssertTrue(written.output.hasPrefix("<!DOCTYPE html>"))
    // What 'compare' can be told 'report' can be told, and makes the same page of it.
    try program.experiment("other.yaml", ["epochs: 2": "epochs: 1", "lr: 1e-3": "lr: 1e-2"])
    XCTAssertEqual(try program.run(["other.yaml"]).status, 0)
    for options in [
      ["--metric", "val/loss"], ["--metric", "test/acc1", "--by", "optimizer.lr", "--reverse"],
      ["--filter", "optimizer.lr < 0.005", "--only-changed"],
      ["--baseline", trained.lastLine, "--margin", "0.1", "--level", "0.9"],
      ["--sort", "lr", "--top", "1"],
    ] {
      let page = try program.run(["report", "runs", "--output", "-"] + options)
      XCTAssertEqual(page.status, 0, page.errors)
      XCTAssertEqual(
        page.output, try program.run(["compare", "runs", "--format", "html"] + options).output,
        "\(options)")
      XCTAssertNotEqual(
        page.output, try program.run(["report", "runs", "--output", "-"]).output, "\(options)")
    }
    XCTAssertTrue(
      try program.run(["report", "runs", "--metric", "val/loss", "--output", "-"]).output
        .contains("<title>Comparison by val/loss</title>"))
    // Where they say nothing, or what is not there.
    let single = try program.run(["report", trained.lastLine, "--metric", "val/loss"])
    XCTAssertEqual(single.status, 64)
    XCTAssertTrue(single.errors.contains("--metric is about several runs"), single.errors)
    let unknown = try program.run(["report", "runs", "--metric", "val/los"])
    XCTAssertEqual(unknown.status, 2)
    XCTAssertTrue(unknown.errors.contains("did you mean 'val/loss'?"), unknown.errors)
    let nothing = try program.run(["report", "runs", "--filter", "val/acc1 > 2"])
    XCTAssertEqual(nothing.status, 2)
    XCTAssertTrue(nothing.errors.contains("no row fits --filter, of 2"), nothing.errors)
  }

  func testAReportThatCannotBeWrittenIsNoFailedRun() throws {
    let program = try Program()
    try program.experiment("small.yaml", ["epochs: 2": "epochs: 1"])
    let run = try program.run(
      ["small.yaml"],
      during: { process, _ in
        // A folder in the report's place: nobody, not even root, can write a file there.
        let runs = program.folder("runs")
        while process.isRunning {
          if let name = try? FileManager.default.contentsOfDirectory(atPath: runs).first {
            try FileManager.default.createDirectory(
              atPath: "\(runs)/\(name)/report.html/x", withIntermediateDirectories: true)
            return
          }
          usleep(1000)
        }
      })
    XCTAssertEqual(run.status, 0, run.errors)
    XCTAssertTrue(run.errors.contains("warning: the report was not written"), run.errors)
    XCTAssertEqual(RunReader(run.lastLine).record?.status, .completed)
  }

  func testWhatIsNoRunIsSaid() throws {
    let program = try Program()
    let nothing = try program.run(["report", "nowhere"])
    XCTAssertEqual(nothing.status, 2)
    XCTAssertTrue(nothing.errors.contains("nowhere"), nothing.errors)
    let empty = try program.run(["report", "pictures"])
    XCTAssertEqual(empty.status, 2)
    XCTAssertTrue(empty.errors.contains("no finished runs"), empty.errors)
    XCTAssertEqual(try program.run(["report"]).status, 64)
  }
}
