import Foundation
import Reports
import Runs
import TestSupport
import XCTest

final class RunDifferenceTests: XCTestCase {
  private func difference(_ a: SyntheticRun, _ b: SyntheticRun) throws -> RunDifference {
    let folder = try TemporaryFolder()
    let (first, second) = (try a.write(in: folder), try b.write(in: folder))
    return RunDifference(RunReader(first.path), RunReader(second.path))
  }

  /// The text without the line of the folders, which are others each time.
  private func body(_ difference: RunDifference, width: Int = 80) -> String {
    difference.text(width: width).split(separator: "\n", omittingEmptySubsequences: false)
      .dropFirst(3).joined(separator: "\n")
  }

  func testARunIsTheSameAsItself() throws {
    let run = SyntheticRun(
      curve: [0.1, .nan, 0.5], test: 0.4, predictions: [("x", "a", "a"), ("y", "a", "b")])
    let same = try difference(run, run)
    XCTAssertTrue(same.isSame)
    XCTAssertNil(same.parting)
    XCTAssertEqual(
      body(same),
      """
      the same: settings, code, weights, data, machine, results, every number of every
        epoch, which val pictures are right
      """)
  }

  func testSettingsComeWithTheirOrigins() throws {
    let first = SyntheticRun(
      settings: """
        model:
          backbone: resnet18  # a.yaml:3:13
        optimizer:
          Adam:  # a.yaml:5:5
            lr: 0.001  # default
            betas: [0.9, 0.999]  # default
        train:
          clip_grad_norm: 1.0  # argument 2

        """, curve: [0.5])
    let second = SyntheticRun(
      hash: "bbbbbbbb", seed: 1,
      settings: """
        model:
          backbone: "a # b"  # a.yaml:3:13
        optimizer:
          Adam:  # a.yaml:5:5
            lr: 0.01  # argument 1
            betas: [0.9, 0.99]  # b.yaml:1:2
        train:
          clip_grad_norm: null  # default
        early_stopping:
          patience: 3  # a.yaml:9:13

        """, curve: [0.5])
    let difference = try difference(first, second)
    XCTAssertFalse(difference.isSame)
    XCTAssertEqual(
      body(difference),
      """
      settings                 first         second       from         and from
      seed                     0             1
      model.backbone           resnet18      a # b        a.yaml:3:13  a.yaml:3:13
      optimizer.Adam.lr        0.001         0.01         default      argument 1
      optimizer.Adam.betas     [0.9, 0.999]  [0.9, 0.99]  default      b.yaml:1:2
      train.clip_grad_norm     1.0           -            argument 2
      early_stopping.patience  -             3                         a.yaml:9:13

      the same: code, weights, data, machine, results, every number of every epoch
      """)
  }

  func testTheFirstEpochInWhichNumbersPartIsNamed() throws {
    let later = try difference(
      SyntheticRun(curve: [0.1, 0.2, 0.3]), SyntheticRun(seed: 1, curve: [0.1, 0.25, 0.3]))
    XCTAssertEqual(later.parting?.epoch, 2)
    XCTAssertEqual(later.parting?.step, 2)
    XCTAssertEqual(later.parting?.items.map(\.name), ["val/acc1", "val/loss"])
    XCTAssertTrue(
      body(later).contains(
        """
        their numbers part in epoch 2, whose last step is 2, all before are the same to
          the last digit
        epoch 2   first  second
        val/acc1    0.2    0.25
        val/loss    0.8    0.75
        """), body(later))
    let shorter = try difference(
      SyntheticRun(curve: [0.1, 0.2]), SyntheticRun(seed: 1, curve: [0.1, 0.2, 0.15]))
    XCTAssertNil(shorter.parting)
    XCTAssertTrue(body(shorter).contains("the same as far as both went: 2 and 3 epochs"))
  }

  func testPicturesThatWereAddedRemovedAndRelabelled() throws {
    let difference = try difference(
      SyntheticRun(
        fingerprint: "before",
        predictions: [
          ("val/a/1.jpg", "a", "a"), ("val/a/2.jpg", "a", "a"), ("val/a/3.jpg", "a", "a"),
          ("val/b/4.jpg", "b", "b"),
        ]),
      SyntheticRun(
        seed: 1, fingerprint: "after",
        predictions: [
          ("val/a/1.jpg", "a", "b"), ("val/b/2.jpg", "b", "b"), ("val/b/4.jpg", "c", "b"),
          ("val/b/5.jpg", "b", "b"),
        ]))
    let files = try XCTUnwrap(difference.files.first)
    XCTAssertEqual(files.added, ["val/b/5.jpg"])
    XCTAssertEqual(files.removed, ["val/a/3.jpg"])
    XCTAssertEqual(
      files.relabelled.map { "\($0.path) \($0.first) \($0.second)" },
      ["val/b/2.jpg a b", "val/b/4.jpg b c"])
    let text = body(difference)
    XCTAssertTrue(text.contains("val pictures: 1 added, 1 removed, 2 relabelled"), text)
    XCTAssertTrue(text.contains("  val/b/2.jpg: a became b"), text)
    // Of the one picture that both have with the same label.
    XCTAssertEqual(difference.pictures.first?.flips.map(\.path), ["val/a/1.jpg"])
    let object = try XCTUnwrap(
      JSONSerialization.jsonObject(with: Data(difference.json.text().utf8)) as? [String: Any])
    XCTAssertEqual(object["same"] as? Bool, false)
    XCTAssertEqual((object["files"] as? [[String: Any]])?.count, 1)
    XCTAssertEqual((object["sections"] as? [[String: Any]])?.count, 6)
  }

  func testWhatAFolderLacksIsNotSaidToBeTheSame() throws {
    let folder = try TemporaryFolder()
    let first = try SyntheticRun().write(in: folder)
    let second = try SyntheticRun(seed: 1).write(in: folder)
    try FileManager.default.removeItem(atPath: second.record)
    try FileManager.default.removeItem(atPath: second.resolved)
    let difference = RunDifference(RunReader(first.path), RunReader(second.path))
    XCTAssertFalse(difference.isSame)
    XCTAssertTrue(
      difference.text(width: 200).contains(
        "not known, since a folder lacks it: settings, code, weights, data, machine, results"),
      difference.text(width: 200))
  }
}
