import Declarations
import Foundation
import Images
import Loading
import TestSupport
import Transforms
import XCTest

final class LoaderTests: XCTestCase {
  private var folder: TemporaryFolder?
  private var samples: [Sample] = []

  override func setUpWithError() throws {
    let folder = try TemporaryFolder()
    try PictureFolder.write(to: folder.path, size: 24)
    samples = try XCTUnwrap(ImageFolder.read(folder.path, splits: ["train"]).folder)["train"]
    self.folder = folder
  }

  private func pipeline() throws -> Pipeline {
    func component(_ name: String, _ arguments: [String: DeclaredValue] = [:]) throws
      -> ComponentValue
    {
      let type = try XCTUnwrap(TransformCatalogue.type(name))
      return ComponentValue(name: name, values: type.declaration.values(arguments))
    }
    return try Pipeline([
      component("Resize", ["size": .list([.integer(20), .integer(20)])]),
      component("RandomRotation", ["degrees": .integer(45)]),
      component("RandomHorizontalFlip"), component("ColorJitter", ["hue": .number(0.1)]),
      component("ToTensor"),
    ])
  }

  private struct Row: Equatable {
    let sample: Int
    let label: Int32
    let pixels: [Float]
  }

  /// Every row of an epoch in order, and the sizes of its batches.
  private func epoch(_ loader: Loader, _ number: Int) throws -> (rows: [Row], sizes: [Int]) {
    loader.start(epoch: number)
    var rows: [Row] = []
    var sizes: [Int] = []
    let elements = 3 * 20 * 20
    while let batch = try loader.next() {
      sizes.append(batch.count)
      for row in 0..<batch.count {
        rows.append(
          Row(
            sample: batch.samples[row], label: batch.labels.pointer[row],
            pixels: Array(batch.pictures.floats[row * elements..<(row + 1) * elements])))
      }
    }
    return (rows, sizes)
  }

  private func loader(
    workers: Int, slots: Int = 4, shuffle: Bool = true, dropLast: Bool = false, batch: Int = 12
  ) throws -> Loader {
    Loader(
      samples, pipeline: try pipeline(),
      Loader.Settings(
        batchSize: batch, shuffle: shuffle, dropLast: dropLast, seed: 9, phase: 1,
        workers: workers, slots: slots))
  }

  func testOrderAndPixelsDoNotDependOnWorkersAndSlots() throws {
    let plain = try loader(workers: 1)
    let expected = try (0..<3).map { try epoch(plain, $0).rows }
    for (workers, slots) in [(1, 2), (2, 4), (4, 3), (16, 8)] {
      let other = try loader(workers: workers, slots: slots)
      for number in 0..<3 {
        XCTAssertTrue(
          try epoch(other, number).rows == expected[number], "\(workers) workers, \(slots) slots")
      }
    }
    for rows in expected {
      XCTAssertEqual(rows.map(\.sample).sorted(), Array(samples.indices))
      XCTAssertTrue(rows.allSatisfy { $0.label == Int32(samples[$0.sample].label) })
    }
    XCTAssertNotEqual(expected[0].map(\.sample), expected[1].map(\.sample))
    // The same picture is drawn otherwise in another epoch.
    let first = expected[0].first { $0.sample == 0 }
    let second = expected[1].first { $0.sample == 0 }
    XCTAssertNotEqual(first?.pixels, second?.pixels)
  }

  func testBatchesAndTheLastOne() throws {
    let kept = try loader(workers: 2, shuffle: false)
    XCTAssertEqual(kept.batchCount, 4)
    XCTAssertEqual(kept.pictureCount, 40)
    let (rows, sizes) = try epoch(kept, 0)
    XCTAssertEqual(sizes, [12, 12, 12, 4])
    XCTAssertEqual(rows.map(\.sample), Array(0..<40))
    let dropped = try loader(workers: 2, dropLast: true)
    XCTAssertEqual(dropped.batchCount, 3)
    XCTAssertEqual(try epoch(dropped, 0).sizes, [12, 12, 12])
  }

  func testAnEpochMayBeLeftInTheMiddle() throws {
    let loader = try loader(workers: 3)
    let whole = try epoch(loader, 5).rows
    for taken in 0..<4 {
      loader.start(epoch: 2)
      for _ in 0..<taken { _ = try loader.next() }
    }
    XCTAssertTrue(try epoch(loader, 5).rows == whole)
    // A loader that goes in the middle ends its threads.
    for _ in 0..<20 {
      let short = try self.loader(workers: 2)
      short.start(epoch: 0)
      _ = try short.next()
    }
  }

  func testAPictureThatWentAwayIsNamed() throws {
    let path = samples[7].file
    try FileManager.default.removeItem(atPath: path)
    let loader = try loader(workers: 2, shuffle: false)
    loader.start(epoch: 0)
    XCTAssertThrowsError(try loader.next()) { error in
      XCTAssertTrue("\(error)".contains(path), "\(error)")
    }
  }

  /// The batches without a bad picture come out whole, before and after; so does an epoch once it is mended.
  func testABadPictureSpoilsItsBatchOnly() throws {
    let expected = try epoch(loader(workers: 1, shuffle: false), 0).rows
    let path = samples[14].file
    let good = try Data(contentsOf: URL(fileURLWithPath: path))
    try good.prefix(good.count / 2).write(to: URL(fileURLWithPath: path))
    // Of two bad ones in a batch the first is named, whichever a worker finds first.
    let other = samples[20].file
    try FileManager.default.moveItem(atPath: other, toPath: other + ".away")
    let elements = 3 * 20 * 20
    for (workers, slots) in [(1, 2), (4, 2), (3, 8)] {
      let loader = try loader(workers: workers, slots: slots, shuffle: false)
      for number in 0..<2 {
        loader.start(epoch: 0)
        var sound: [Int] = []
        for batch in 0..<loader.batchCount {
          do {
            guard let ready = try loader.next() else { return XCTFail("an epoch ended early") }
            sound.append(batch)
            for row in 0..<ready.count {
              XCTAssertTrue(
                Array(ready.pictures.floats[row * elements..<(row + 1) * elements])
                  == expected[batch * 12 + row].pixels)
            }
          } catch {
            XCTAssertEqual(batch, 1)
            XCTAssertTrue("\(error)".hasPrefix("'\(path)' is a truncated JPEG"), "\(error)")
          }
        }
        XCTAssertEqual(sound, [0, 2, 3], "\(workers) workers, \(slots) slots, pass \(number)")
        XCTAssertNil(try loader.next())
        XCTAssertNil(try loader.next())
        // Both are kept, in the epoch's order, and those of an epoch before are not.
        XCTAssertEqual(
          loader.failures.map { "\($0)".contains("'\(path)' is") }, [true, false],
          "\(loader.failures)")
        XCTAssertTrue("\(loader.failures)".contains("'\(other)' cannot be read"))
      }
    }
    try good.write(to: URL(fileURLWithPath: path))
    try FileManager.default.moveItem(atPath: other + ".away", toPath: other)
    XCTAssertTrue(try epoch(loader(workers: 4, shuffle: false), 0).rows == expected)
  }

  func testFewerPicturesThanWorkersSlotsAndABatch() throws {
    samples = Array(samples.prefix(3))
    let one = try epoch(loader(workers: 9, slots: 7, batch: 100), 0)
    XCTAssertEqual(one.sizes, [3])
    XCTAssertEqual(one.rows.map(\.sample).sorted(), [0, 1, 2])
    let three = try epoch(loader(workers: 9, slots: 7, batch: 1), 0)
    XCTAssertEqual(three.sizes, [1, 1, 1])
    XCTAssertTrue(three.rows == one.rows)
    let none = try loader(workers: 9, slots: 7, dropLast: true, batch: 100)
    XCTAssertEqual([none.batchCount, none.pictureCount], [0, 0])
    XCTAssertEqual(try epoch(none, 0).sizes, [])
    // Nor does a loader that was never started keep its threads.
    for _ in 0..<20 { _ = try loader(workers: 9) }
  }

  /// A sample's draws depend on which picture it is, not on its place, its batch or what else is there.
  func testOtherPicturesDoNotChangeOnesDraws() throws {
    let all = try epoch(loader(workers: 2, shuffle: true, batch: 12), 4).rows
    let kept = stride(from: 0, to: samples.count, by: 3).map { $0 }
    samples = kept.map { samples[$0] }
    let part = try epoch(loader(workers: 3, shuffle: false, batch: 5), 4).rows
    for (place, number) in kept.enumerated() {
      let row = try XCTUnwrap(all.first { $0.sample == number })
      XCTAssertTrue(part[place].pixels == row.pixels && part[place].label == row.label, "\(number)")
    }
  }

  func testNoPicturesGiveNoBatches() throws {
    samples = []
    XCTAssertEqual(try epoch(loader(workers: 2), 0).sizes, [])
  }
}
