import Diagnostics
import Foundation
import Images
import TestSupport
import XCTest

final class ImageFolderTests: XCTestCase {
  private func folder() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try PictureFolder.write(to: folder.path, size: 8)
    return folder
  }

  private func codes(_ diagnostics: [Diagnostic]) -> [String] { diagnostics.map(\.code.rawValue) }

  func testClassesAndPicturesStandInTorchvisionsOrder() throws {
    let folder = try folder()
    let files = FileManager.default
    // Folders inside folders, names that sort otherwise as text than as numbers, an extension in capitals.
    try files.createDirectory(atPath: folder("train/daisy/b"), withIntermediateDirectories: true)
    try files.copyItem(atPath: folder("train/daisy/0.jpg"), toPath: folder("train/daisy/b/x.JPEG"))
    try files.copyItem(atPath: folder("train/daisy/0.jpg"), toPath: folder("train/daisy/10.jpg"))
    let (found, diagnostics) = ImageFolder.read(folder.path, splits: ["train", "val"])
    XCTAssertEqual(codes(diagnostics), [])
    let read = try XCTUnwrap(found)
    XCTAssertEqual(read.classes, ["daisy", "iris", "lily", "rose"])
    XCTAssertEqual(
      read["train"].prefix(12).map(\.path),
      [
        "train/daisy/0.jpg", "train/daisy/1.jpg", "train/daisy/10.jpg", "train/daisy/2.jpg",
        "train/daisy/3.jpg", "train/daisy/4.jpg", "train/daisy/5.jpg", "train/daisy/6.jpg",
        "train/daisy/7.jpg", "train/daisy/8.jpg", "train/daisy/9.jpg", "train/daisy/b/x.JPEG",
      ])
    XCTAssertEqual(read["val"].map(\.label), [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3])
    XCTAssertEqual(Set((read["train"] + read["val"]).map(\.identity)).count, 42 + 16)
  }

  func testLabelsAreAlignedByNameAndNotByPlace() throws {
    let folder = try folder()
    try FileManager.default.removeItem(atPath: folder("val/daisy"))
    let (found, diagnostics) = ImageFolder.read(folder.path, splits: ["train", "val"])
    XCTAssertEqual(codes(diagnostics), ["class-missing-in-split"])
    // torchvision would call the irises 0.
    XCTAssertEqual(Set(try XCTUnwrap(found)["val"].map(\.label)), [1, 2, 3])
  }

  func testASubsetOfClassesInAnOrderOfItsOwn() throws {
    let folder = try folder()
    let read = try XCTUnwrap(
      ImageFolder.read(folder.path, splits: ["train", "val"], chosen: ["rose", "iris"]).folder)
    XCTAssertEqual(read.classes, ["rose", "iris"])
    XCTAssertEqual(read["train"].count, 20)
    XCTAssertTrue(read["train"].allSatisfy { $0.path.contains($0.label == 0 ? "rose" : "iris") })
    let wrong = ImageFolder.read(folder.path, splits: ["train"], chosen: ["rsoe"])
    XCTAssertNil(wrong.folder)
    XCTAssertEqual(wrong.diagnostics[0].help, "did you mean 'rose'?")
  }

  func testTheScanNamesEveryBadPicture() throws {
    let folder = try folder()
    try "text".write(toFile: folder("train/iris/2.jpg"), atomically: true, encoding: .utf8)
    try Data().write(to: URL(fileURLWithPath: folder("train/rose/1.jpg")))
    let samples = try XCTUnwrap(ImageFolder.read(folder.path, splits: ["train"]).folder)["train"]
    for threads in [1, 3] {
      let scan = PictureScan(samples, threads: threads)
      XCTAssertEqual(
        scan.failures.map(\.sample.path), ["train/iris/2.jpg", "train/rose/1.jpg"])
      XCTAssertEqual(scan.failures.map(\.error), [.notAPicture, .empty])
      XCTAssertEqual(scan.digests.count, samples.count)
    }
  }

  func testTheFingerprintSeesContentAndPlace() throws {
    let folder = try folder()
    func fingerprint() throws -> String {
      let samples = try XCTUnwrap(ImageFolder.read(folder.path, splits: ["train"]).folder)["train"]
      return PictureScan.fingerprint([(samples, PictureScan(samples, threads: 2).digests)])
    }
    let first = try fingerprint()
    XCTAssertEqual(first, try fingerprint())
    let files = FileManager.default
    try files.moveItem(atPath: folder("train/iris/0.jpg"), toPath: folder("train/iris/00.jpg"))
    let renamed = try fingerprint()
    XCTAssertNotEqual(first, renamed)
    try files.removeItem(atPath: folder("train/iris/00.jpg"))
    try files.copyItem(atPath: folder("train/iris/1.jpg"), toPath: folder("train/iris/00.jpg"))
    XCTAssertNotEqual(renamed, try fingerprint())
  }
}

final class ContentSplitTests: XCTestCase {
  private func samples(_ count: Int, of label: Int) -> [Sample] {
    (0..<count).map { Sample(path: "\(label)/\($0).jpg", file: "", label: label) }
  }

  private func digest(_ number: Int) -> String {
    let text = String(UInt64(number) &* 0x9E37_79B9_7F4A_7C15, radix: 16)
    return String(repeating: "0", count: 16 - text.count) + text
  }

  func testAddingPicturesMovesNoOther() {
    let all = samples(400, of: 0)
    let digests = all.indices.map(digest)
    let whole = ContentSplit.split(all, digests: digests, fraction: 0.2, seed: 3)
    let part = ContentSplit.split(
      Array(all.prefix(250)), digests: Array(digests.prefix(250)), fraction: 0.2, seed: 3)
    XCTAssertEqual(whole.val.filter { $0 < 250 }, part.val)
    XCTAssertEqual(Set(whole.train).union(whole.val), Set(all.indices))
    XCTAssertTrue(Set(whole.train).isDisjoint(with: whole.val))
    // Four standard deviations.
    XCTAssertEqual(Double(whole.val.count), 80, accuracy: 4 * (400 * 0.2 * 0.8).squareRoot())
    XCTAssertNotEqual(
      whole.val, ContentSplit.split(all, digests: digests, fraction: 0.2, seed: 4).val)
  }

  func testEqualPicturesStayTogetherAndNoClassIsLeftOut() {
    let all = samples(30, of: 0) + samples(2, of: 1) + samples(3, of: 2)
    let digests = all.indices.map { digest($0 < 30 ? $0 % 5 : $0) }
    let split = ContentSplit.split(all, digests: digests, fraction: 0.01, seed: 0)
    XCTAssertEqual(Set(split.val.map { all[$0].label }), [0, 1, 2])
    XCTAssertEqual(Set(split.train.map { all[$0].label }), [0, 1, 2])
    let most = ContentSplit.split(all, digests: digests, fraction: 0.5, seed: 1)
    let sides = Dictionary(grouping: 0..<30, by: { digests[$0] }).values.map { members in
      Set(members.map { most.val.contains($0) }).count
    }
    XCTAssertTrue(sides.allSatisfy { $0 == 1 }, "\(sides)")
  }
}
