import Foundation
import Pages
import Reports
import Runs
import TestSupport
import XCTest

/// A run's page: what it says, that it is the same twice, and what it does without a file.
final class RunPageTests: XCTestCase {
  private func page(_ made: MadeRun, threads: Int = 2) -> String {
    RunPage.html(made.run, threads: threads)
  }

  // MARK: Hostile names

  func testNoNameBecomesMarkup() throws {
    let html = page(try MadeRun())
    XCTAssertFalse(html.contains("<script>alert"))
    XCTAssertFalse(html.contains("<img src=x"))
    XCTAssertFalse(html.contains("<i>up</i>"))
    XCTAssertFalse(html.contains("a=<b>"))
    XCTAssertFalse(html.contains("# <b>"))
    XCTAssertTrue(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;&amp;&quot;&#39;"))
    XCTAssertTrue(html.contains("# &lt;b&gt;made.yaml&lt;/b&gt;:29:5"))
    // One script, ours; every picture is in the file.
    XCTAssertEqual(html.ranges(of: "<script").count, 1)
    XCTAssertEqual(html.ranges(of: "</script").count, 1)
    XCTAssertEqual(
      html.ranges(of: "<img ").count, html.ranges(of: "<img src=\"data:image/jpeg;base64,").count)
    XCTAssertGreaterThan(html.ranges(of: "<img ").count, 20)
    // The policy forbids what is not in the file, and styles and scripts that are not ours.
    XCTAssertTrue(
      html.contains(
        "default-src &#39;none&#39;; img-src data:; style-src &#39;sha256-"), "the policy")
    for attribute in [" style=\"", " onclick=", " onload=", "javascript:", "http:", "https:"] {
      XCTAssertFalse(html.contains(attribute), attribute)
    }
  }

  // MARK: Numbers

  func testNumbersAreThoseOfTheFilesToTheDigit() throws {
    let made = try MadeRun()
    let html = page(made)
    let reader = RunReader(made.run.path)
    for line in reader.epochs {
      for (name, value) in line.numbers where name.contains("/") {
        XCTAssertTrue(html.contains("<data value=\"\(Numbers.short(value))\">"), "\(name) \(value)")
      }
    }
    let rows = try PredictionsReader.read(made.run.predictions("val"))
    let accuracy = Double(rows.count { $0.isCorrect }) / Double(rows.count)
    XCTAssertEqual(reader.best?.numbers["val/acc1"], accuracy)
    XCTAssertTrue(html.contains("agree to the last digit: val/acc1 is \(Numbers.short(accuracy))"))
    XCTAssertTrue(
      html.contains("all the same before and after") || html.contains("the same before and after"))
  }

  func testDisagreeingFilesAreSaid() throws {
    let made = try MadeRun()
    let path = made.run.predictions("val")
    let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
    try made.write(lines.dropLast().joined(separator: "\n") + "\n", to: path)
    XCTAssertTrue(page(made).contains("one of them is not of these weights"))
  }

  func testTheSameFolderGivesTheSameBytes() throws {
    let made = try MadeRun()
    let first = page(made, threads: 1)
    XCTAssertEqual(first, page(made, threads: 4))
    // Wherever it is seen from, and whether a page is there already.
    try RunPage.write(made.run, threads: 2)
    XCTAssertEqual(try String(contentsOfFile: made.run.report, encoding: .utf8), first)
    let detour = RunFolder(existing: made.folder("runs") + "/../runs/" + made.run.name)
    XCTAssertEqual(RunPage.html(detour, threads: 2), first)
  }

  func testAPageOfManyClassesIsSmall() throws {
    let made = try MadeRun(classes: 102, picturesPerClass: 8)
    let bytes = page(made).utf8.count
    XCTAssertLessThan(bytes, 3_000_000)
    print("a report of 102 classes and 816 predictions: \(bytes) bytes")
  }

  /// Every pair that there can be of 102 classes: all are listed, and the page stays small.
  func testAllPairsAreListed() throws {
    for classes in [5, 102] {
      let made = try MadeRun(classes: classes, picturesPerClass: 1)
      try made.confuseAll()
      let html = page(made)
      let pairs = classes * (classes - 1)
      let table = try XCTUnwrap(
        html.firstMatch(of: /(?s)aria-label="Most confused pairs">.*?<\/table>/)?.output)
      XCTAssertEqual(table.ranges(of: "<tr").count, pairs + 1)
      XCTAssertEqual(table.ranges(of: "<tr class=\"more\">").count, max(0, pairs - 40))
      XCTAssertEqual(html.contains("show all 10,302 pairs"), classes == 102)
      XCTAssertEqual(html.contains("id=\"all-pairs\""), classes == 102)
      XCTAssertLessThan(html.utf8.count, 3_000_000)
    }
  }

  func testAWideSetStaysSmall() throws {
    let made = try MadeRun(classes: 3, picturesPerClass: 2)
    // A thousand classes of which each is taken for many others.
    let rows = (0..<40_000).map { index in
      "val/x/\(index).jpg,k\(index % 1000),k\((index + index / 1000 * 7) % 1000),0.1,0.5\n"
    }
    try made.write(
      "path,label,predicted,label_probability,predicted_probability\n" + rows.joined(),
      to: made.run.predictions("val"))
    let html = page(made)
    XCTAssertLessThan(html.utf8.count, 3_000_000)
    XCTAssertTrue(html.contains("cells are not drawn"))
    XCTAssertTrue(html.contains("more, of 1 picture each or fewer: predictions/val.csv has them"))
  }

  // MARK: Missing and torn

  func testEachFileMayBeMissingOrTorn() throws {
    let parts: [(file: (RunFolder) -> String, missing: String)] = [
      ({ $0.record }, "run.json"), ({ $0.metrics }, "metrics.jsonl"),
      ({ $0.timing }, "timing.jsonl"), ({ $0.resolved }, "resolved.yaml"),
      ({ $0.freeze }, "freeze.json"), ({ $0.predictions("val") }, "predictions/val.csv"),
      ({ $0.best }, "the c"),
    ]
    for part in parts {
      let made = try MadeRun()
      let path = part.file(made.run)
      let whole = try Data(contentsOf: URL(fileURLWithPath: path))
      try whole.prefix(whole.count * 2 / 3).write(to: URL(fileURLWithPath: path))
      let torn = page(made)
      XCTAssertTrue(torn.contains("</html>"), "\(path) torn")
      XCTAssertTrue(torn.contains(part.missing), "\(path) torn")
      try FileManager.default.removeItem(atPath: path)
      let html = page(made)
      XCTAssertTrue(html.contains("</html>"), "\(path) missing")
      XCTAssertTrue(html.contains("\(part.missing)"), "\(path) missing")
      for section in [
        "summary", "curves", "confusion", "classes", "predictions", "most-wrong",
        "calibration", "augmentation", "freezing", "configuration",
      ] {
        XCTAssertTrue(html.contains("<section id=\"\(section)\">"), "\(section) without \(path)")
      }
    }
  }

  func testAnEmptyFolderHasAPage() throws {
    let folder = try TemporaryFolder()
    let html = RunPage.html(RunFolder(existing: folder.path), threads: 1)
    XCTAssertTrue(html.contains("There are no predictions to show"))
    XCTAssertTrue(html.contains("no run.json"))
  }

  func testWithoutDataThereAreNamesAndAWord() throws {
    let made = try MadeRun()
    try FileManager.default.removeItem(atPath: made.folder("pictures"))
    let html = page(made)
    XCTAssertFalse(html.contains("<img "))
    XCTAssertTrue(html.contains("is not there any more"))
    XCTAssertTrue(html.contains("the c4 flower"), "names are kept with the weights")
  }

  func testAPictureThatIsGoneOrBrokenIsSaidInItsPlace() throws {
    let made = try MadeRun()
    let folder = made.folder("pictures/val/\(made.classes[4])")
    try FileManager.default.removeItem(atPath: folder + "/0.jpg")
    try made.write("no picture", to: folder + "/1.jpg")
    let html = page(made)
    XCTAssertTrue(
      html.contains("<div class=\"absent\">cannot be read: No such file or directory</div>"))
    XCTAssertTrue(html.contains("<div class=\"absent\">is not a picture</div>"))
  }

  func testAFrozenTensorThatMovedIsSaid() throws {
    let made = try MadeRun()
    XCTAssertFalse(page(made).contains("frozen tensor changed"))
    try MadeRun.freeze(["head"], changes: true).write(to: made.run)
    XCTAssertTrue(page(made).contains("1 frozen tensor changed:</b> conv1.weight"))
  }

  func testProbabilitiesThatAreNoneAreSaid() throws {
    let made = try MadeRun()
    try made.write(
      "path,label,predicted,label_probability,predicted_probability\nval/a.jpg,x,y,nan,nan\n",
      to: made.run.predictions("val"))
    XCTAssertTrue(page(made).contains("is not from 0 to 1"))
  }
}
