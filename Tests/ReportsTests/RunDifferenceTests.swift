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
    // Of numbers that were never there nothing is the same.
    let none = try difference(
      SyntheticRun(curve: []), SyntheticRun(seed: 1, curve: [0.1, 0.2]))
    XCTAssertFalse(body(none).contains("as far as both went"), body(none))
  }

  func testTheFirstStepAtWhichLossesPartIsNamed() throws {
    let first = SyntheticRun(curve: [0.1, 0.2], losses: [[4, 3.5], [3, 2.25]])
    let same = try difference(first, first)
    XCTAssertNil(same.stepParting)
    XCTAssertTrue(same.isSame)
    XCTAssertTrue(body(same).contains("every number of every\n  epoch, the loss of every step"))

    // One bit.
    let second = SyntheticRun(
      seed: 1, curve: [0.1, 0.2], losses: [[4, 3.5], [(3.0).nextUp, 2.25]])
    let other = try difference(first, second)
    let parting = try XCTUnwrap(other.stepParting)
    XCTAssertFalse(other.isSame)
    XCTAssertEqual([parting.before, parting.first.step, parting.first.epoch], [2, 3, 2])
    XCTAssertEqual([parting.first.loss, parting.second.loss], [3, (3.0).nextUp])
    XCTAssertTrue(
      other.text(width: 200).contains(
        "their losses part at step 3 of phase 'main', epoch 2 (the 2 steps before: the same to the last digit): 3 and 3.0000000000000004"
      ), other.text(width: 200))
    XCTAssertFalse(body(other).contains("the loss of every step"))
    let object = try XCTUnwrap(
      JSONSerialization.jsonObject(with: Data(other.json.text().utf8)) as? [String: Any])
    let step = try XCTUnwrap(object["step_parting"] as? [String: Any])
    XCTAssertEqual(step["equal_steps"] as? Int, 2)
    XCTAssertEqual((step["second"] as? [String: Any])?["epoch"] as? Int, 2)
    // Foundation's reader is a digit off.
    XCTAssertTrue(other.json.text().contains("\"loss\": 3.0000000000000004"))

    // What is no number is the same; other batches make other steps; one that ended earlier parts nowhere.
    let diverged = SyntheticRun(losses: [[4, .nan]])
    XCTAssertNil(try difference(diverged, diverged).stepParting)
    XCTAssertEqual(
      try difference(first, SyntheticRun(losses: [[4], [3.5]])).stepParting?.before, 1)
    XCTAssertTrue(
      try difference(first, SyntheticRun(losses: [[4], [3.5]])).text(width: 200).contains(
        "their steps part at step 2 of phase 'main', epoch 1, which is step 2 of phase 'main', epoch 2 in the second"
      ))
    let shorter = try difference(first, SyntheticRun(curve: [0.1, 0.2], losses: [[4, 3.5], [3]]))
    XCTAssertNil(shorter.stepParting)
    XCTAssertTrue(
      body(shorter).contains("the losses are the same as far as both went: 4 and 3 steps"))
    let lacking = try difference(first, SyntheticRun(curve: [0.1, 0.2]))
    XCTAssertTrue(
      lacking.text(width: 500).contains("the losses of steps are not known: "),
      lacking.text(width: 500))
  }

  func testStepsAreReadUpToATornLine() throws {
    let folder = try TemporaryFolder()
    let run = try SyntheticRun(losses: [[4, 1.0 / 3], [1e-7]]).write(in: folder)
    XCTAssertEqual(
      try String(contentsOfFile: run.steps, encoding: .utf8),
      "phase,epoch,step,loss\nmain,1,1,4.0\nmain,1,2,0.3333333333333333\nmain,2,3,1e-07\n")
    let text = try String(contentsOfFile: run.steps, encoding: .utf8)
    try String(text.dropLast(3)).write(toFile: run.steps, atomically: true, encoding: .utf8)
    XCTAssertEqual(try StepsReader.read(run.steps).map(\.loss), [4, 1.0 / 3])
    try "phase,epoch,step,loss\nmain,x,1,4\n".write(
      toFile: run.steps, atomically: true, encoding: .utf8)
    XCTAssertThrowsError(try StepsReader.read(run.steps)) {
      XCTAssertEqual("\($0)", "\(run.steps): row 1 is damaged")
    }
    try "".write(toFile: run.steps, atomically: true, encoding: .utf8)
    XCTAssertThrowsError(try StepsReader.read(run.steps))
  }

  func testAllPicturesAreToldApartByTheirLists() throws {
    let difference = try difference(
      SyntheticRun(
        fingerprint: "before",
        listed: [
          ("train", "train/a/1.jpg", "a", "01"), ("train", "train/a/2.jpg", "a", "02"),
          ("train", "train/a/3.jpg", "a", "03"), ("train", "train/b/4.jpg", "b", "04"),
          ("train", "train/b/5, \"x\".jpg", "b", "05"), ("val", "val/b/6.jpg", "b", "06"),
          ("val", "val/b/7.jpg", "b", "07"),
        ]),
      SyntheticRun(
        seed: 1, fingerprint: "after",
        listed: [
          // 1 stayed, 2 has other contents, 3 went to class b, 4 to another name, 5 is gone, 6 came from val.
          ("train", "train/a/1.jpg", "a", "01"), ("train", "train/a/2.jpg", "a", "12"),
          ("train", "train/b/3.jpg", "b", "03"), ("train", "train/b/four.jpg", "b", "04"),
          ("train", "train/b/6.jpg", "b", "06"), ("train", "train/b/8.jpg", "b", "08"),
          ("val", "val/b/7.jpg", "b", "07"),
        ]))
    XCTAssertTrue(difference.areFilesComplete)
    XCTAssertEqual(difference.files.map(\.split), ["train"])
    let files = try XCTUnwrap(difference.files.first)
    XCTAssertEqual(files.added, ["train/b/8.jpg"])
    XCTAssertEqual(files.removed, ["train/b/5, \"x\".jpg"])
    XCTAssertEqual(files.changed, ["train/a/2.jpg"])
    XCTAssertEqual(
      files.relabelled.map { "\($0.path) \($0.first) \($0.second)" }, ["train/b/3.jpg a b"])
    XCTAssertEqual(files.moved.map { "\($0.path) \($0.from)" }, ["train/b/6.jpg val"])
    XCTAssertEqual(
      files.renamed.map { "\($0.first) \($0.second)" }, ["train/b/4.jpg train/b/four.jpg"])
    XCTAssertTrue(
      body(difference).contains(
        """
        train pictures: 1 added, 1 removed, 1 relabelled, 1 changed, 1 from another split, 1 renamed
          + train/b/8.jpg
          - train/b/5, "x".jpg
          train/b/3.jpg: a became b
          train/a/2.jpg: other contents
          train/b/6.jpg: was in val
          train/b/four.jpg: was train/b/4.jpg
        """), body(difference))
    XCTAssertFalse(body(difference).contains("is not known"), body(difference))
    let object = try XCTUnwrap(
      JSONSerialization.jsonObject(with: Data(difference.json.text().utf8)) as? [String: Any])
    let split = try XCTUnwrap((object["files"] as? [[String: Any]])?.first)
    XCTAssertEqual(split["changed"] as? [String], ["train/a/2.jpg"])
    XCTAssertEqual((split["moved"] as? [[String: String]])?.first?["from"], "val")
    XCTAssertEqual(object["files_complete"] as? Bool, true)
  }

  func testContentsThatStandTwiceAreNoPair() throws {
    // Two equal pictures, of which one went: nobody can say which of them it is.
    let difference = try difference(
      SyntheticRun(listed: [("train", "a/1", "a", "01"), ("train", "a/2", "a", "01")]),
      SyntheticRun(seed: 1, listed: [("train", "b/3", "b", "01")]))
    XCTAssertEqual(difference.files.first?.removed, ["a/1", "a/2"])
    XCTAssertEqual(difference.files.first?.added, ["b/3"])
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

  /// Two builds of one version may be of any code.
  func testCodeIsTheSameWhereACommitSaysSo() throws {
    for (commit, doubt) in [
      (nil, "both are version 0, built without a commit, which 'make' stores"),
      ("c0ffee-dirty", "both were built from c0ffee-dirty, with changes that are in no commit"),
    ] {
      let run = SyntheticRun(commit: commit)
      let builds = try difference(run, run)
      XCTAssertFalse(builds.isSame)
      XCTAssertTrue(
        builds.text(width: 200).hasSuffix(
          """
          the same: settings, weights, data, machine, results, every number of every epoch
          whether the code is the same is not known: \(doubt)
          """), builds.text(width: 200))
      let object = try XCTUnwrap(
        JSONSerialization.jsonObject(with: Data(builds.json.text().utf8)) as? [String: Any])
      let code = try XCTUnwrap(
        (object["sections"] as? [[String: Any]])?.first { $0["name"] as? String == "code" })
      XCTAssertEqual(code["known"] as? Bool, false)
      XCTAssertEqual(object["same"] as? Bool, false)
    }
    // What differs is shown as before, and a run has the code that it has.
    let other = try difference(SyntheticRun(), SyntheticRun(seed: 1, commit: nil))
    XCTAssertTrue(body(other).contains("code    first   second\ncommit  c0ffee  -"), body(other))
    let folder = try TemporaryFolder()
    let path = try SyntheticRun(commit: nil).write(in: folder).path
    XCTAssertTrue(RunDifference(RunReader(path), RunReader(path + "/")).isSame)
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
