import Dispatch
import Foundation
import Glibc
import Images
import Petals
import Tensors
import XCTest

final class PetalSetTests: XCTestCase {
  private var root = ""

  override func setUpWithError() throws {
    root = NSTemporaryDirectory() + "petals-\(getpid())-\(UInt64.random(in: 0...UInt64.max))"
    try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
  }

  override func tearDownWithError() throws {
    try FileManager.default.removeItem(atPath: root)
  }

  /// The same classes, few pictures.
  private let small = PetalSet(
    name: "petals", seed: 12, picturesPerClass: [.train: 2, .val: 1, .test: 1],
    kinds: PetalSet.petals.kinds)

  /// Every file below a folder by relative path.
  private func files(in folder: String) throws -> [String: Data] {
    var found: [String: Data] = [:]
    for path in try FileManager.default.subpathsOfDirectory(atPath: folder) {
      var isDirectory = false
      _ = FileManager.default.fileExists(atPath: "\(folder)/\(path)", isDirectory: &isDirectory)
      if !isDirectory {
        found[path] = try XCTUnwrap(FileManager.default.contents(atPath: "\(folder)/\(path)"))
      }
    }
    return found
  }

  // MARK: The pictures

  /// The whole default set, byte for byte. When this changes on purpose, raise `PetalSet.version`; the shipped backbone
  /// and every recorded result then have to be made anew.
  func testDefaultSetIsTheOneThatWasMeasured() throws {
    try PetalSet.petals.write(to: root + "/set", threads: 2)
    var hash = SHA256()
    let files = try files(in: root + "/set")
    XCTAssertEqual(files.count, PetalSet.petals.items.count + 2)
    for (path, data) in files.sorted(by: { $0.key < $1.key }) {
      hash.update(path)
      data.withUnsafeBytes { hash.update($0) }
    }
    let digest = hash.hex()
    XCTAssertEqual(digest, "bd5a463189341e57f0a994f81f8fc24f34b909a94173b3dc4c74c268dc822a4c")
  }

  /// One picture in fifty of the pretraining set, by its pixels.
  func testPretrainingSetIsTheOneThatWasMeasured() {
    let set = PetalSet.pretraining
    var hash = SHA256()
    hash.update(set.fingerprint)
    for item in set.items where item.number % 50 == 7 {
      set.pixels(of: item).withUnsafeBytes { hash.update($0) }
    }
    let digest = hash.hex()
    XCTAssertEqual(digest, "ae17a8da4dc41579a171f26337993953c2e3b4eb6ceb70613f9cab697b4fb24f")
  }

  func testPicturesDifferWithinAClassAndBetweenClasses() {
    var seen: Set<[UInt8]> = []
    let items = PetalSet.petals.items.filter { $0.number < 3 || $0.number == 79 }
    for item in items { seen.insert(PetalSet.petals.pixels(of: item)) }
    XCTAssertEqual(seen.count, items.count)
  }

  // MARK: The classes

  func testSetsHaveEnoughClassesWithDifferentKindsAndNames() {
    XCTAssertGreaterThanOrEqual(PetalSet.petals.folders.count, 24)
    XCTAssertGreaterThanOrEqual(PetalSet.pretraining.folders.count, 64)
    for set in PetalSet.all {
      XCTAssertEqual(Set(set.kinds).count, set.folders.count, set.name)
      XCTAssertEqual(Set(set.classNames).count, set.folders.count, set.name)
      XCTAssertEqual(set.folders, set.folders.sorted(), set.name)
      XCTAssertEqual(Set(set.folders).count, set.folders.count, set.name)
    }
  }

  func testPretrainingSharesNoClassWithTheDefaultSet() {
    XCTAssertTrue(Set(PetalSet.pretraining.kinds).isDisjoint(with: PetalSet.petals.kinds))
  }

  func testEverySplitHasItsCountOfEveryClassAndNoPictureTwice() {
    for set in PetalSet.all {
      for kind in set.kinds.indices {
        let items = set.items.filter { $0.kind == kind }
        XCTAssertEqual(Set(items.map(\.number)).count, items.count, set.name)
        for split in PetalSet.Split.allCases {
          XCTAssertEqual(
            items.filter { $0.split == split }.count, set.picturesPerClass[split, default: 0],
            "\(set.name) \(split) \(set.folders[kind])")
        }
      }
    }
  }

  func testNameOfAKindSaysItsFeatures() {
    XCTAssertEqual(
      FlowerKind(5, .round, .striped, .single, .button, .lilac).name, "five-petalled striped lilac")
    XCTAssertEqual(
      FlowerKind(8, .strap, .plain, .double, .disc, .snow).name,
      "eight-petalled ribboned snow double with disc")
  }

  // MARK: The folder

  func testFolderHasSplitsClassFoldersNamesAndNothingElse() throws {
    let folder = root + "/set"
    try small.write(to: folder, threads: 1)
    let manager = FileManager.default
    XCTAssertEqual(
      try manager.contentsOfDirectory(atPath: folder).sorted(),
      [".petals", "cat_to_name.json", "test", "train", "val"])
    for (split, count) in [("train", 2), ("val", 1), ("test", 1)] {
      XCTAssertEqual(
        try manager.contentsOfDirectory(atPath: "\(folder)/\(split)").sorted(), small.folders)
      for name in small.folders {
        let pictures = try manager.contentsOfDirectory(atPath: "\(folder)/\(split)/\(name)")
        XCTAssertEqual(pictures.count, count)
        for picture in pictures {
          XCTAssertTrue(picture.hasSuffix(".jpg"))
          let decoded = try Picture(contentsOf: "\(folder)/\(split)/\(name)/\(picture)")
          XCTAssertEqual(decoded.size, PictureSize(height: 64, width: 64))
        }
      }
    }
    let names = try JSONDecoder().decode(
      [String: String].self, from: XCTUnwrap(manager.contents(atPath: folder + "/cat_to_name.json"))
    )
    XCTAssertEqual(names, Dictionary(uniqueKeysWithValues: zip(small.folders, small.classNames)))
    XCTAssertEqual(try manager.contentsOfDirectory(atPath: root), ["set"], "nothing is left aside")
  }

  func testFilesHoldTheDrawnPictures() throws {
    try small.write(to: root + "/set", threads: 2)
    for item in small.items where item.split == .val {
      let folder = "\(root)/set/val/\(small.folders[item.kind])"
      let file = try XCTUnwrap(FileManager.default.contentsOfDirectory(atPath: folder).first)
      let decoded = try Picture(contentsOf: "\(folder)/\(file)").bytes
      let drawn = small.pixels(of: item)
      let error = zip(decoded, drawn).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
      // JPEG at quality 78 or more with halved chroma, on noisy pictures: a few levels on average.
      XCTAssertLessThan(Double(error) / Double(drawn.count), 12, small.folders[item.kind])
    }
  }

  func testASplitWithoutPicturesHasNoFolder() throws {
    let set = PetalSet(
      name: "two", seed: 1, picturesPerClass: [.train: 1, .val: 1, .test: 0],
      kinds: Array(PetalSet.petals.kinds.prefix(2)))
    try set.write(to: root + "/set/", threads: 1)
    XCTAssertFalse(FileManager.default.fileExists(atPath: root + "/set/test"))
    XCTAssertTrue(set.isWritten(at: root + "/set"))
  }

  func testBytesDoNotDependOnThreadsOrRepetition() throws {
    try small.write(to: root + "/one", threads: 1)
    try small.write(to: root + "/again", threads: 1)
    try small.write(to: root + "/five", threads: 5)
    let one = try files(in: root + "/one")
    XCTAssertEqual(one.count, small.items.count + 2)
    XCTAssertEqual(one, try files(in: root + "/again"))
    XCTAssertEqual(one, try files(in: root + "/five"))
  }

  func testAWholeSetIsNotWrittenAgain() throws {
    let folder = root + "/set"
    try small.write(to: folder, threads: 2)
    let witness = folder + "/witness"
    XCTAssertTrue(FileManager.default.createFile(atPath: witness, contents: Data()))
    try small.write(to: folder, threads: 2)
    XCTAssertTrue(FileManager.default.fileExists(atPath: witness))
  }

  func testSomebodyElsesFolderIsLeftAlone() throws {
    let folder = root + "/mine"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    XCTAssertTrue(
      FileManager.default.createFile(atPath: folder + "/notes.txt", contents: Data("x".utf8)))
    XCTAssertThrowsError(try small.write(to: folder, threads: 2)) { error in
      XCTAssertEqual(error as? PetalSetError, .occupied(path: folder))
    }
    XCTAssertEqual(try files(in: folder), ["notes.txt": Data("x".utf8)])
    XCTAssertEqual(try FileManager.default.contentsOfDirectory(atPath: root), ["mine"])
  }

  func testAFailureIsNamedAndLeavesNothing() throws {
    XCTAssertTrue(FileManager.default.createFile(atPath: root + "/file", contents: Data()))
    XCTAssertThrowsError(try small.write(to: root + "/file/set", threads: 2)) { error in
      guard case PetalSetError.system("create", _, ENOTDIR) = error else {
        return XCTFail("\(error)")
      }
    }
    XCTAssertEqual(try FileManager.default.contentsOfDirectory(atPath: root), ["file"])
  }

  func testSeveralWritersAtOnceLeaveOneWholeSet() throws {
    let folder = root + "/set"
    let set = small
    DispatchQueue.concurrentPerform(iterations: 6) { _ in
      do { try set.write(to: folder, threads: 2) } catch { XCTFail("\(error)") }
    }
    XCTAssertTrue(set.isWritten(at: folder))
    XCTAssertEqual(try files(in: folder).count, set.items.count + 2)
    XCTAssertEqual(try FileManager.default.contentsOfDirectory(atPath: root), ["set"])
  }

  func testLeftoversOfKilledWritersGoAfterAnHour() throws {
    for name in ["old", "new"] {
      let path = root + "/set.writing-1-\(name)"
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }
    var times = [timeval(tv_sec: time(nil) - 4000, tv_usec: 0)]
    times.append(times[0])
    XCTAssertEqual(utimes(root + "/set.writing-1-old", times), 0)
    try small.write(to: root + "/set", threads: 2)
    XCTAssertEqual(
      try FileManager.default.contentsOfDirectory(atPath: root).sorted(),
      ["set", "set.writing-1-new"])
  }

  // MARK: The cache

  func testCacheFollowsXDGAndNamesTheVersion() {
    let set = PetalSet.petals
    let name = "xrun/builtin/petals-v\(PetalSet.version)-\(set.fingerprint.prefix(12))"
    XCTAssertEqual(
      set.cacheDirectory(environment: ["XDG_CACHE_HOME": "/c", "HOME": "/h"]), "/c/\(name)")
    XCTAssertEqual(set.cacheDirectory(environment: ["HOME": "/h"]), "/h/.cache/\(name)")
    XCTAssertEqual(
      set.cacheDirectory(environment: ["XDG_CACHE_HOME": "not/absolute", "HOME": "/h"]),
      "/h/.cache/\(name)")
  }

  func testFingerprintDependsOnEverythingThatDecidesBytes() {
    let kinds = PetalSet.petals.kinds
    let variants = [
      small,
      PetalSet(name: "petals", seed: 13, picturesPerClass: small.picturesPerClass, kinds: kinds),
      PetalSet(name: "petals", seed: 12, picturesPerClass: [.train: 2, .val: 1], kinds: kinds),
      PetalSet(
        name: "petals", seed: 12, picturesPerClass: small.picturesPerClass,
        kinds: kinds.reversed()),
    ]
    XCTAssertEqual(Set(variants.map(\.fingerprint)).count, variants.count)
  }
}
