import Declarations
import Foundation
import Images
import Loading
import Tensors
import TestSupport
import Transforms
import XCTest

/// The store of cached pictures: what is read is what was written, or nothing.
final class PictureCacheTests: XCTestCase {
  private var folder: TemporaryFolder?
  private var samples: [Sample] = []

  private static func component(
    _ name: String, _ arguments: [String: DeclaredValue] = [:]
  ) -> ComponentValue {
    guard let type = TransformCatalogue.type(name) else { preconditionFailure(name) }
    return ComponentValue(name: name, values: type.declaration.values(arguments))
  }

  /// Pictures of several shapes, so that the shorter side alone is the same after `Resize`.
  override func setUpWithError() throws {
    let folder = try TemporaryFolder()
    var stream = RandomStream(seed: 8, purpose: .test)
    for number in 0..<24 {
      let path = "\(folder.path)/data/train/\(number % 3)"
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      let (width, height) = (24 + number % 5 * 6, 20 + number % 7 * 5)
      let bytes = (0..<width * height * 3).map { _ in UInt8(stream.integer(in: 0...255)) }
      try Data(Picture(width: width, height: height, bytes: bytes).jpeg())
        .write(to: URL(fileURLWithPath: "\(path)/\(number).jpg"))
    }
    samples = try XCTUnwrap(ImageFolder.read(folder("data"), splits: ["train"]).folder)["train"]
    self.folder = folder
  }

  private func pipeline(_ size: Int = 20, _ decoding: Decoding = .exact) throws -> Pipeline {
    try Pipeline(
      [
        Self.component("Resize", ["size": .integer(size)]),
        Self.component("RandomRotation", ["degrees": .integer(30)]),
        Self.component("CenterCrop", ["size": .integer(16)]),
        Self.component("RandomHorizontalFlip"), Self.component("ToTensor"),
      ], decoding: decoding)
  }

  private func store(
    limit: Int = 1 << 30, packBytes: Int = 9000, calls: any FileCalls = SystemFileCalls()
  ) throws -> PictureStore {
    PictureStore(
      root: try XCTUnwrap(folder)("cache"), limit: limit, reserve: 0, packBytes: packBytes,
      calls: calls)
  }

  private struct Filled {
    let cache: PictureCache
    let scan: PictureScan
    let report: PictureCache.Report
  }

  private func fill(
    _ store: PictureStore, _ pipelines: [Pipeline], _ samples: [Sample]? = nil, threads: Int = 2
  ) -> Filled {
    let samples = samples ?? self.samples
    let cache = PictureCache(store, pipelines: [.train: pipelines])
    let scan = cache.scan(
      samples, uses: samples.map { _ in .train }, threads: threads)
    return Filled(cache: cache, scan: scan, report: cache.report([.train: scan.digests]))
  }

  /// All pixels of an epoch.
  private func epoch(_ pipeline: Pipeline, _ cached: CachedPictures?) throws -> [Float] {
    let loader = Loader(
      samples, pipeline: pipeline, cached: cached,
      Loader.Settings(batchSize: 7, shuffle: true, seed: 4, workers: 2))
    loader.start(epoch: 1)
    var floats: [Float] = []
    let elements = pipeline.outputShape.count
    while let batch = try loader.next() {
      floats += batch.pictures.floats[0..<batch.count * elements]
    }
    return floats
  }

  private func packs(_ store: PictureStore) throws -> [String] {
    guard let all = FileManager.default.enumerator(atPath: store.folder) else { return [] }
    return all.compactMap { $0 as? String }.filter { $0.hasSuffix(".pack") }.sorted()
      .map { store.folder + "/" + $0 }
  }

  private func hidden(_ store: PictureStore) -> [String] {
    guard let all = FileManager.default.enumerator(atPath: store.folder) else { return [] }
    return all.compactMap { $0 as? String }.filter { $0.hasSuffix(".writing") }
  }

  // MARK: The same bytes

  func testCachedPicturesAreWhatFilesGive() throws {
    let store = try store()
    // Decoded smaller as well: some of the pictures have twice the size.
    let pipelines = try [pipeline(), pipeline(23), pipeline(16, .fast)]
    let expected = try pipelines.map { try epoch($0, nil) }
    XCTAssertFalse(try epoch(pipeline(16), nil) == expected[2])
    let filled = fill(store, pipelines)
    XCTAssertEqual(filled.report.pictures, 72)
    XCTAssertEqual(filled.report.cached, 72)
    XCTAssertEqual(filled.report.added, 72)
    XCTAssertEqual(filled.report.problems, [])
    XCTAssertEqual(filled.scan.digests, PictureScan(samples, threads: 1).digests)
    XCTAssertGreaterThan(try packs(store).count, 4, "small packs are ended early")
    // Files that are gone show that they are not read.
    for sample in samples { try FileManager.default.removeItem(atPath: sample.file) }
    for (pipeline, expected) in zip(pipelines, expected) {
      let cached = try XCTUnwrap(
        filled.cache.pictures(pipeline, digests: filled.scan.digests))
      XCTAssertEqual(cached.count, 24)
      XCTAssertTrue(try epoch(pipeline, cached) == expected)
      XCTAssertEqual(cached.takeProblems(), [])
    }
  }

  func testASecondRunDecodesNothingAndWritesNothing() throws {
    let store = try store()
    let pipeline = try pipeline()
    let first = fill(store, [pipeline])
    let before = try packs(store)
    let second = fill(store, [pipeline])
    XCTAssertEqual(second.report.added, 0)
    XCTAssertEqual(second.report.cached, 24)
    XCTAssertEqual(second.report.bytes, first.report.bytes)
    XCTAssertEqual(second.scan.digests, first.scan.digests)
    XCTAssertEqual(try packs(store), before)
  }

  /// Equal stores, whatever the threads do, so that runs at once write the same files.
  func testPacksAreAFunctionOfThePictures() throws {
    let pipelines = try [pipeline(), pipeline(30)]
    var expected: [String: Data]?
    for threads in [1, 2, 5, 16] {
      let store = try store()
      _ = fill(store, pipelines, threads: threads)
      let found = Dictionary(
        uniqueKeysWithValues: try packs(store).map {
          ($0, try Data(contentsOf: URL(fileURLWithPath: $0)))
        })
      XCTAssertEqual(found, expected ?? found, "\(threads) threads")
      expected = found
      try FileManager.default.removeItem(atPath: store.folder)
    }
  }

  func testRunsAtOnceShareOneStore() throws {
    let pipeline = try pipeline()
    let expected = try epoch(pipeline, nil)
    for _ in 0..<5 {
      let store = try store()
      Threads.forEach(6, threads: 6) { [samples] _ in
        let cache = PictureCache(store, pipelines: [.train: [pipeline]])
        _ = cache.scan(samples, uses: samples.map { _ in .train }, threads: 2)
      }
      let filled = fill(store, [pipeline])
      XCTAssertEqual(filled.report.cached, 24)
      XCTAssertEqual(filled.report.problems, [])
      XCTAssertEqual(store.contents().programs.map(\.pictures), [24], "nothing is there twice")
      XCTAssertEqual(hidden(store), [])
      XCTAssertTrue(
        try epoch(pipeline, filled.cache.pictures(pipeline, digests: filled.scan.digests))
          == expected)
      try FileManager.default.removeItem(atPath: store.folder)
    }
  }

  func testPicturesAreFoundByContentWhereverTheyAre() throws {
    let store = try store()
    let pipeline = try pipeline()
    _ = fill(store, [pipeline])
    let other = try XCTUnwrap(folder)("moved")
    try FileManager.default.moveItem(atPath: try XCTUnwrap(folder)("data"), toPath: other)
    try FileManager.default.moveItem(
      atPath: other + "/train/0/0.jpg", toPath: other + "/train/2/renamed.jpg")
    let moved = try XCTUnwrap(ImageFolder.read(other, splits: ["train"]).folder)["train"]
    XCTAssertEqual(fill(store, [pipeline], moved).report.added, 0)
    // Another content under an old name is another picture.
    try FileManager.default.removeItem(atPath: moved[3].file)
    try Data(Picture(width: 30, height: 40).jpeg()).write(to: URL(fileURLWithPath: moved[3].file))
    let changed = fill(store, [pipeline], moved)
    XCTAssertEqual(changed.report.added, 1)
    XCTAssertEqual(changed.report.cached, 24)
  }

  func testABadPictureIsStillNamed() throws {
    let store = try store()
    let bad = samples[5].file
    let good = try Data(contentsOf: URL(fileURLWithPath: bad))
    try good.prefix(good.count / 2).write(to: URL(fileURLWithPath: bad))
    for _ in 0..<2 {
      let filled = fill(store, [try pipeline()])
      XCTAssertEqual(filled.scan.failures.map(\.sample.file), [bad])
      XCTAssertEqual(filled.report.cached, 23)
    }
  }

  func testEachUseHasItsOwnPipeline() throws {
    let (train, eval) = (try pipeline(20), try pipeline(30))
    let cache = PictureCache(try store(), pipelines: [.train: [train], .eval: [eval]])
    let scan = cache.scan(
      samples, uses: samples.indices.map { $0 % 4 == 0 ? .eval : .train }, threads: 2)
    XCTAssertEqual(cache.pictures(train, digests: scan.digests)?.count, 18)
    XCTAssertEqual(cache.pictures(eval, digests: scan.digests)?.count, 6)
  }

  // MARK: Damage

  /// Reads an epoch from a store with one changed file: the same pixels, whatever was changed.
  private func assertSamePixels(
    _ store: PictureStore, _ pipeline: Pipeline, _ expected: [Float], _ label: String
  ) throws -> Bool {
    let cache = PictureCache(store, pipelines: [.train: [pipeline]])
    let digests = PictureScan.digests(of: samples, threads: 1)
    let cached = cache.pictures(pipeline, digests: digests)
    XCTAssertTrue(try epoch(pipeline, cached) == expected, label)
    let problems =
      cache.report([.train: digests]).problems + (cached?.takeProblems() ?? [])
    for problem in problems { XCTAssertTrue(problem.contains(store.folder), problem) }
    return !problems.isEmpty
  }

  func testACutPackIsNamedAndIgnored() throws {
    let store = try store(packBytes: 1 << 20)
    let pipeline = try pipeline()
    let expected = try epoch(pipeline, nil)
    _ = fill(store, [pipeline])
    let path = try XCTUnwrap(packs(store).first)
    let whole = try Data(contentsOf: URL(fileURLWithPath: path))
    var lengths = [0, 1, 15, 16, 17, 79, 80, 81, 1000, whole.count / 2]
    lengths += (1...140).map { whole.count - $0 }
    for length in lengths {
      try whole.prefix(length).write(to: URL(fileURLWithPath: path))
      XCTAssertTrue(
        try assertSamePixels(store, pipeline, expected, "\(length) bytes"), "\(length) bytes")
    }
    // Longer than it was written, and something else altogether.
    try (whole + Data([0])).write(to: URL(fileURLWithPath: path))
    XCTAssertTrue(try assertSamePixels(store, pipeline, expected, "a byte more"))
    try Data(repeating: 7, count: 5000).write(to: URL(fileURLWithPath: path))
    XCTAssertTrue(try assertSamePixels(store, pipeline, expected, "foreign"))
    // A torn pack stays, and the next run adds what is missing beside it or in its place.
    let filled = fill(store, [pipeline])
    XCTAssertEqual(filled.report.cached, 24)
  }

  func testEveryChangedByteIsNoticed() throws {
    let store = try store(packBytes: 1 << 20)
    let pipeline = try pipeline()
    let expected = try epoch(pipeline, nil)
    _ = fill(store, [pipeline])
    let path = try XCTUnwrap(packs(store).first)
    let whole = try Data(contentsOf: URL(fileURLWithPath: path))
    var stream = RandomStream(seed: 77, purpose: .test)
    // All of the footer but its last eight bytes, which say nothing; then anywhere.
    var places = (9...64).map { whole.count - $0 } + Array(0..<16)
    places += (0..<250).map { _ in stream.integer(in: 0...whole.count - 9) }
    for place in places {
      var changed = whole
      changed[place] ^= UInt8(1 << stream.integer(in: 0...7))
      try changed.write(to: URL(fileURLWithPath: path))
      XCTAssertTrue(
        try assertSamePixels(store, pipeline, expected, "byte \(place)"), "byte \(place)")
    }
  }

  func testAPackUnderAnotherProgramIsNotUsed() throws {
    let store = try store(packBytes: 1 << 20)
    let (one, other) = (try pipeline(20), try pipeline(30))
    let expected = try epoch(other, nil)
    _ = fill(store, [one])
    let path = try XCTUnwrap(packs(store).first)
    let place = store.folder + "/" + other.prefix.key
    try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
    try FileManager.default.copyItem(
      atPath: path, toPath: place + "/" + (path as NSString).lastPathComponent)
    XCTAssertTrue(try assertSamePixels(store, other, expected, "misplaced"))
  }

  func testOtherFilesInTheStoreAreLeftAlone() throws {
    let store = try store()
    let pipeline = try pipeline()
    _ = fill(store, [pipeline])
    let place = store.folder + "/" + pipeline.prefix.key
    try "mine".write(toFile: place + "/notes.txt", atomically: true, encoding: .utf8)
    try FileManager.default.createDirectory(
      atPath: place + "/0123.pack", withIntermediateDirectories: false)
    XCTAssertEqual(mkfifo(place + "/abcd.pack", 0o600), 0)
    let filled = fill(store, [pipeline])
    XCTAssertEqual(filled.report.cached, 24)
    XCTAssertEqual(filled.report.problems.count, 1, "\(filled.report.problems)")
    let removed = store.pruneAll()
    XCTAssertGreaterThan(removed.packs, 1)
    XCTAssertTrue(Places.exists(place + "/notes.txt"))
    XCTAssertTrue(Places.exists(place + "/0123.pack"))
    XCTAssertEqual(try packs(store), [place + "/0123.pack"])
  }

  // MARK: Room

  private func age(_ path: String, hours: Double) throws {
    try FileManager.default.setAttributes(
      [.modificationDate: Date.now.addingTimeInterval(-3600 * hours)], ofItemAtPath: path)
  }

  func testTheLeastRecentlyUsedGoesFirst() throws {
    let store = try store(packBytes: 1 << 20)
    let pipelines = try [20, 24, 28].map { try pipeline($0) }
    for pipeline in pipelines { _ = fill(store, [pipeline]) }
    let all = Dictionary(
      uniqueKeysWithValues: store.contents().programs.map { ($0.key, $0.bytes) })
    for (pipeline, hours) in zip(pipelines, [1.0, 3, 2]) {
      for path in try packs(store) where path.contains(pipeline.prefix.key) {
        try age(path, hours: hours)
      }
    }
    // Using it makes the oldest the newest.
    let used = fill(store, [pipelines[1]])
    _ = used.cache.pictures(pipelines[1], digests: used.scan.digests)
    let total = all.values.reduce(0, +)
    let removed = store.prune(to: total - 1)
    XCTAssertEqual(removed.bytes, all[pipelines[2].prefix.key])
    XCTAssertEqual(
      store.contents().programs.map(\.key), [pipelines[1].prefix.key, pipelines[0].prefix.key])
    store.prune(to: 0)
    XCTAssertEqual(store.contents().programs.count, 0)
    // Who has it open reads on.
    let cached = try XCTUnwrap(
      used.cache.pictures(pipelines[1], digests: used.scan.digests))
    XCTAssertTrue(try epoch(pipelines[1], cached) == epoch(pipelines[1], nil))
    XCTAssertEqual(cached.takeProblems(), [])
  }

  func testAFullStoreMakesRoomForWhatIsUsedNow() throws {
    let (old, new) = (try pipeline(20), try pipeline(21))
    let large = try self.store()
    _ = fill(large, [old])
    let oldBytes = try XCTUnwrap(large.contents().programs.first).bytes
    for path in try packs(large) { try age(path, hours: 1) }
    // Room for one and a half.
    let store = try self.store(limit: oldBytes * 3 / 2)
    let filled = fill(store, [new])
    XCTAssertEqual(filled.report.cached, 24)
    XCTAssertEqual(filled.report.problems, [])
    let contents = store.contents().programs
    XCTAssertLessThanOrEqual(contents.reduce(0) { $0 + $1.bytes }, store.limit)
    XCTAssertEqual(contents.first?.key, new.prefix.key)
  }

  /// What a run uses is never removed for what it adds; the rest is decoded.
  func testMoreThanTheLimitIsCachedInPart() throws {
    let pipeline = try pipeline()
    let expected = try epoch(pipeline, nil)
    let large = try self.store()
    let whole = fill(large, [pipeline])
    try FileManager.default.removeItem(atPath: large.folder)
    let store = try self.store(limit: whole.report.bytes / 2, packBytes: 4000)
    var counts: [Int] = []
    for _ in 0..<3 {
      let filled = fill(store, [pipeline])
      counts.append(filled.report.cached)
      XCTAssertEqual(filled.report.problems.count, 1)
      XCTAssertTrue(filled.report.problems[0].contains("limit"), "\(filled.report.problems)")
      XCTAssertLessThanOrEqual(
        store.contents().programs.reduce(0) { $0 + $1.bytes }, store.limit)
      let cached = filled.cache.pictures(pipeline, digests: filled.scan.digests)
      XCTAssertTrue(try epoch(pipeline, cached) == expected)
    }
    XCTAssertTrue((6...16).contains(counts[0]), "\(counts)")
    XCTAssertEqual(counts, counts.sorted(), "nothing is lost again")
  }

  func testLeftoversOfKilledWritersAreRemoved() throws {
    let store = try store()
    let pipeline = try pipeline()
    _ = fill(store, [pipeline])
    let place = store.folder + "/" + pipeline.prefix.key
    for name in ["dead", "young", "alive"] {
      try "half a pack".write(
        toFile: place + "/.\(name).writing", atomically: true, encoding: .utf8)
    }
    try age(place + "/.dead.writing", hours: 1)
    try age(place + "/.alive.writing", hours: 1)
    let lock = open(place + "/.alive.writing", O_RDWR)
    XCTAssertEqual(flock(lock, LOCK_EX), 0)
    store.removeLeftovers()
    XCTAssertEqual(
      Set(hidden(store).map { ($0 as NSString).lastPathComponent }),
      [".young.writing", ".alive.writing"])
    close(lock)
    store.removeLeftovers(olderThan: 0)
    XCTAssertEqual(hidden(store), [])
  }

  // MARK: A failing disk

  private func failEachCall(lasting: Bool) throws {
    let pipeline = try pipeline()
    let expected = try epoch(pipeline, nil)
    for number in 1...200 {
      let calls = FaultyFileCalls(failAt: number, lasting: lasting)
      let store = try store(calls: calls)
      let filled = fill(store, [pipeline])
      XCTAssertTrue(filled.scan.failures.isEmpty)
      XCTAssertEqual(calls.openDescriptors, 0, "call \(number)")
      let cached = filled.cache.pictures(pipeline, digests: filled.scan.digests)
      XCTAssertTrue(try epoch(pipeline, cached) == expected, "call \(number)")
      XCTAssertEqual(cached?.takeProblems() ?? [], [], "call \(number)")
      XCTAssertEqual(store.contents().problems, [], "call \(number)")
      if calls.hasFailed {
        XCTAssertTrue(
          filled.report.problems.contains { $0.contains("No space left on device") },
          "call \(number): \(filled.report.problems)")
        if !lasting { XCTAssertEqual(hidden(store), [], "call \(number)") }
      }
      try? FileManager.default.removeItem(atPath: store.folder)
      if !calls.hasFailed {
        XCTAssertGreaterThan(number, 30)
        XCTAssertEqual(filled.report.cached, 24)
        return
      }
    }
    XCTFail("it never succeeded")
  }

  func testEachFailureEndsTheCachingAndNothingElse() throws { try failEachCall(lasting: false) }
  func testEachFailureThatLastsEndsTheCachingAndNothingElse() throws {
    try failEachCall(lasting: true)
  }

  func testShortWritesAreContinued() throws {
    let pipeline = try pipeline()
    let expected = try epoch(pipeline, nil)
    let store = try store(
      calls: FaultyFileCalls(longestWrite: 100, interruptsEverySecondWrite: true))
    let filled = fill(store, [pipeline])
    XCTAssertEqual(filled.report.cached, 24)
    XCTAssertTrue(
      try epoch(pipeline, filled.cache.pictures(pipeline, digests: filled.scan.digests))
        == expected)
  }

  func testAFullDisk() throws {
    let folder = try XCTUnwrap(folder)
    let mount = folder("disk")
    try FileManager.default.createDirectory(atPath: mount, withIntermediateDirectories: false)
    let mounted = try? Command(
      "/usr/bin/env", ["mount", "-t", "tmpfs", "-o", "size=24k", "tmpfs", mount])
    guard mounted?.status == 0 else {
      throw XCTSkip("a small disk cannot be mounted here; failures are injected instead")
    }
    defer { _ = try? Command("/usr/bin/env", ["umount", mount]) }
    let pipeline = try pipeline()
    let expected = try epoch(pipeline, nil)
    for reserve in [-1 << 30, 0, 1 << 30] {
      let store = PictureStore(
        root: mount, limit: 1 << 30, reserve: reserve, packBytes: 6000)
      let filled = fill(store, [pipeline])
      XCTAssertTrue(filled.scan.failures.isEmpty)
      XCTAssertEqual(filled.report.problems.count, 1, "\(filled.report.problems)")
      XCTAssertEqual(hidden(store), [])
      XCTAssertEqual(store.contents().problems, [])
      XCTAssertTrue(
        try epoch(pipeline, filled.cache.pictures(pipeline, digests: filled.scan.digests))
          == expected)
      XCTAssertLessThan(filled.report.cached, 24)
      _ = store.pruneAll()
    }
  }

  func testAFolderThatCannotBeMadeIsSaid() throws {
    let folder = try XCTUnwrap(folder)
    try "a file".write(toFile: folder("cache"), atomically: true, encoding: .utf8)
    let filled = fill(try store(), [try pipeline()])
    XCTAssertEqual(filled.report.cached, 0)
    XCTAssertEqual(filled.report.problems.count, 1)
    XCTAssertTrue(
      filled.report.problems[0].contains("Not a directory"), "\(filled.report.problems)")
  }

  // MARK: The environment

  func testWhereTheStoreIs() throws {
    func folder(_ variables: [String: String]) throws -> String? {
      try PictureStore.named(by: { variables[$0] })?.folder
    }
    XCTAssertEqual(try folder(["HOME": "/h"]), "/h/.cache/xrun/pictures-1")
    XCTAssertEqual(try folder(["HOME": "/h", "XDG_CACHE_HOME": "/c"]), "/c/xrun/pictures-1")
    XCTAssertEqual(
      try folder(["HOME": "/h", "XDG_CACHE_HOME": "relative"]), "/h/.cache/xrun/pictures-1")
    XCTAssertEqual(try folder(["HOME": "/h", "XRUN_CACHE": "/x"]), "/x/pictures-1")
    XCTAssertNil(try folder(["HOME": "/h", "XRUN_CACHE": ""]))
    XCTAssertNil(try folder(["HOME": "/h", "XRUN_CACHE": "off"]))
    XCTAssertNil(try folder([:]))
    XCTAssertEqual(
      try PictureStore.named(by: { ["HOME": "/h", "XRUN_CACHE_SIZE": "2G"][$0] })?.limit, 2 << 30)
    XCTAssertThrowsError(
      try PictureStore.named(by: { ["HOME": "/h", "XRUN_CACHE_SIZE": "many"][$0] }))
  }

  func testSizes() {
    for (text, bytes) in [
      ("0", 0), ("17", 17), ("500M", 500 << 20), ("20G", 20 << 30), ("1.5k", 1536),
      ("2GiB", 2 << 30), ("3MB", 3 << 20), ("1T", 1 << 40),
    ] {
      XCTAssertEqual(ByteCount.parse(text), bytes, text)
    }
    for text in ["", "G", "-1", "1e3", "nan", "inf", "0x10", "1 G", "5X", "99999999999T"] {
      XCTAssertNil(ByteCount.parse(text), text)
    }
  }
}
