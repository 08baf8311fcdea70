import TestSupport
import XCTest

/// `xrun explain`, as users type it.
final class ExplainTests: XCTestCase {
  func testNamesAreExplainedOnStandardOutput() throws {
    let program = try Program()
    let cases = [
      "RandomRotation": "Differs from torch", "train.batch_size": "from 1 to 65536",
      "unknown-key": "did you mean 'batch_size'?", "resnet18": "layer3",
    ]
    for (name, words) in cases {
      let result = try program.run(["explain", name])
      XCTAssertEqual(result.status, 0, result.errors)
      XCTAssertEqual(result.errors, "")
      XCTAssertTrue(result.output.hasPrefix(name + " "), result.output)
      XCTAssertTrue(result.output.contains(words), result.output)
      XCTAssertTrue(result.output.contains("\nNext: "), result.output)
    }
    let all = try program.run(["explain"])
    XCTAssertEqual(all.status, 0)
    for title in ["Transforms\n", "Backbones\n", "Keys of an experiment\n", "unknown-key"] {
      XCTAssertTrue(all.output.contains(title), all.output)
    }
  }

  func testWhatIsNotThereIsSuggestedAndRefused() throws {
    let program = try Program()
    let result = try program.run(["explain", "RandomRotaton"])
    XCTAssertEqual(result.status, 2)
    XCTAssertEqual(result.output, "")
    XCTAssertTrue(result.errors.contains("error[unknown-name]"), result.errors)
    XCTAssertTrue(result.errors.contains("did you mean 'RandomRotation'?"), result.errors)
  }

  func testPagesAreWrittenWhereToldAndFailuresNamed() throws {
    let program = try Program()
    let written = try program.run(["explain", "--write", "reference"])
    XCTAssertEqual(written.status, 0, written.errors)
    let page = try String(
      contentsOfFile: program.folder("reference/transforms/Resize.md"), encoding: .utf8)
    XCTAssertTrue(page.hasPrefix("# Resize\n"), page)
    let failed = try program.run(["explain", "--write", "nowhere/reference"])
    XCTAssertEqual(failed.status, 3)
    XCTAssertTrue(failed.errors.contains("cannot make 'nowhere/reference'"), failed.errors)
  }
}
