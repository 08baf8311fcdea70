import Declarations
import Foundation
import Images
import Loading
import Synchronization
import TestSupport
import Transforms
import XCTest

/// Pictures as they are found: in order, beside bad ones, and never more than the ring holds.
final class PictureStreamTests: XCTestCase {
  private var folder: TemporaryFolder?
  private var samples: [Sample] = []

  override func setUpWithError() throws {
    let folder = try TemporaryFolder()
    try PictureFolder.write(to: folder.path, size: 24)
    samples = try XCTUnwrap(ImageFolder.read(folder.path, splits: ["train"]).folder)["train"]
    self.folder = folder
  }

  private func pipeline(crop: Int = 20) throws -> Pipeline {
    func component(_ name: String, _ arguments: [String: DeclaredValue] = [:]) throws
      -> ComponentValue
    {
      let type = try XCTUnwrap(TransformCatalogue.type(name))
      return ComponentValue(name: name, values: type.declaration.values(arguments))
    }
    return try Pipeline([component("RandomCrop", ["size": .integer(crop)]), component("ToTensor")])
  }

  private struct Item: Equatable {
    let row: PictureStream.Row
    let pixels: [Float]?
  }

  private func stream(
    _ found: [PictureWalk.Found], workers: Int, batch: Int, crop: Int = 20
  ) throws -> PictureStream {
    var rest = found[...]
    return PictureStream(
      pipeline: try pipeline(crop: crop), Loader.Settings(batchSize: batch, workers: workers)
    ) { rest.popFirst() }
  }

  private func items(
    _ found: [PictureWalk.Found], workers: Int, batch: Int, crop: Int = 20
  ) throws -> [Item] {
    let stream = try stream(found, workers: workers, batch: batch, crop: crop)
    let elements = 3 * crop * crop
    var items: [Item] = []
    while let (pictures, rows) = stream.next() {
      XCTAssertEqual(pictures.count, rows.count)
      XCTAssertTrue(rows.count == batch || items.count + rows.count == found.count)
      for (index, row) in rows.enumerated() {
        let pixels = pictures.pictures.floats[index * elements..<(index + 1) * elements]
        items.append(Item(row: row, pixels: row.problem == nil ? Array(pixels) : nil))
      }
    }
    XCTAssertNil(stream.next())
    return items
  }

  func testRowsComeInOrderWhateverTheWorkersAndBatches() throws {
    let found = samples.map { PictureWalk.Found.picture(path: $0.file) }
    let expected = try items(found, workers: 1, batch: 40)
    XCTAssertEqual(expected.map(\.row.path), samples.map(\.file))
    XCTAssertEqual(Set(expected.compactMap(\.pixels)).count, 40, "each picture is another")
    for (workers, batch) in [(1, 1), (3, 1), (2, 7), (5, 8), (4, 100)] {
      XCTAssertEqual(
        try items(found, workers: workers, batch: batch), expected, "\(workers) \(batch)")
    }
    XCTAssertEqual(try items([], workers: 3, batch: 8), [])
  }

  func testABadOneSpoilsItsRowAlone() throws {
    let folder = try XCTUnwrap(folder)
    try Data("text".utf8).write(to: URL(fileURLWithPath: folder("text.jpg")))
    let whole = try Data(contentsOf: URL(fileURLWithPath: samples[0].file))
    try whole.prefix(whole.count / 2).write(to: URL(fileURLWithPath: folder("half.jpg")))
    let small = Picture(width: 8, height: 8).jpeg()
    try Data(small).write(to: URL(fileURLWithPath: folder("small.jpg")))
    let found: [PictureWalk.Found] = [
      .picture(path: folder("gone.jpg")), .picture(path: samples[0].file),
      .picture(path: folder("text.jpg")), .problem(path: "x", .noPictures),
      .picture(path: folder("half.jpg")), .picture(path: samples[1].file),
      .picture(path: folder("small.jpg")),
    ]
    let sound = try items(
      samples.prefix(2).map { .picture(path: $0.file) }, workers: 1, batch: 2)
    for batch in [1, 3, 8] {
      let items = try items(found, workers: 3, batch: batch)
      XCTAssertEqual([items[1], items[5]], sound)
      XCTAssertEqual(
        items[0].row.problem, .picture(.unreadable(ENOENT)), "\(items[0].row)")
      XCTAssertEqual(items[2].row.problem, .picture(.notAPicture))
      XCTAssertEqual(items[3].row.problem, .path(.noPictures))
      XCTAssertEqual("\(try XCTUnwrap(items[4].row.problem))".contains("truncated JPEG"), true)
      guard case .transform = items[6].row.problem else { return XCTFail("\(items[6].row)") }
    }
  }

  func testNoMoreIsFoundThanTheRingHolds() throws {
    let asked = Mutex(0)
    let path = samples[0].file
    let stream = PictureStream(
      pipeline: try pipeline(), Loader.Settings(batchSize: 5, workers: 3, slots: 4)
    ) {
      asked.withLock { $0 += 1 }
      return .picture(path: path)
    }
    for taken in 1...6 {
      XCTAssertNotNil(stream.next())
      // Time enough to run ahead.
      Thread.sleep(forTimeInterval: 0.05)
      // The consumer holds the batch that it took last.
      XCTAssertLessThanOrEqual(asked.withLock { $0 }, (taken - 1 + 4) * 5)
    }
    // Whoever has seen enough goes; the source would never end.
  }
}
