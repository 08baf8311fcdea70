import Foundation
import Images
import TestSupport
import XCTest

/// The order of classes and pictures is torchvision's, for names that other orders would sort otherwise.
final class FolderOrderTests: XCTestCase {
  private static let goldens = "Tests/ImagesTests/Goldens"

  private struct Order: Decodable {
    struct Entry: Decodable, Equatable {
      let path: String
      let label: Int

      init(path: String, label: Int) {
        self.path = path
        self.label = label
      }

      init(from decoder: any Decoder) throws {
        var list = try decoder.unkeyedContainer()
        path = try list.decode(String.self)
        label = try list.decode(Int.self)
      }
    }

    let files, classes: [String]
    let samples: [Entry]
  }

  func testTheGoldenIsTheGeneratorsOwn() throws { try GoldenManifest.check(Self.goldens) }

  func testAwkwardNamesStandInTorchvisionsOrder() throws {
    let order = try JSONDecoder().decode(
      Order.self,
      from: Data(
        contentsOf: URL(fileURLWithPath: "\(Places.repository)/\(Self.goldens)/order.json")))
    XCTAssertGreaterThan(order.samples.count, 25)
    let folder = try TemporaryFolder()
    for file in order.files { try folder.write(Data(), to: "train/" + file) }
    let (found, diagnostics) = ImageFolder.read(folder.path, splits: ["train"])
    XCTAssertEqual(Set(diagnostics.map(\.code.rawValue)), ["ignored-files"])
    let read = try XCTUnwrap(found)
    XCTAssertEqual(read.classes, order.classes)
    XCTAssertEqual(
      read["train"].map { Order.Entry(path: $0.path, label: $0.label) }, order.samples)
  }

  /// Differs from torchvision, which takes editors' and archivers' leavings for pictures and classes.
  func testHiddenFilesAndFoldersAreNoPictures() throws {
    let folder = try TemporaryFolder()
    for file in ["a/1.jpg", "a/._1.jpg", "a/.thumbs/1.jpg", ".cache/1.jpg"] {
      try folder.write(Data(), to: "train/" + file)
    }
    let read = try XCTUnwrap(ImageFolder.read(folder.path, splits: ["train"]).folder)
    XCTAssertEqual(read.classes, ["a"])
    XCTAssertEqual(read["train"].map(\.path), ["train/a/1.jpg"])
  }
}

extension TemporaryFolder {
  /// Writes a file, and the folders that it stands in.
  func write(_ data: Data, to path: String) throws {
    let url = URL(fileURLWithPath: self(path))
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try data.write(to: url)
  }
}
