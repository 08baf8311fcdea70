import Foundation
import Runs
import TensorBoard
import TestSupport
import Training
import XCTest

/// The framing of event files, and what is done where they cannot be written.
final class EventFileTests: XCTestCase {
  /// RFC 3720, B.4, and the check value of the catalogue of checksums.
  func testChecksumsAreThePublishedOnes() {
    let bytes: [([UInt8], UInt32)] = [
      ([UInt8](repeating: 0, count: 32), 0x8A91_36AA),
      ([UInt8](repeating: 0xFF, count: 32), 0x62A8_AB43),
      ((0..<32).map { UInt8($0) }, 0x46DD_794E),
      ((0..<32).reversed().map { UInt8($0) }, 0x113F_DB5C),
      (Array("123456789".utf8), 0xE306_9283), ([], 0),
    ]
    for (bytes, checksum) in bytes {
      XCTAssertEqual(CRC32C.checksum(bytes), checksum, "\(bytes)")
    }
    // ((crc >> 15) | (crc << 17)) + 0xa282ead8, by hand of the first.
    XCTAssertEqual(CRC32C.masked([UInt8](repeating: 0, count: 32)), 0x0FD7_FFFA)
  }

  func testARecordIsLengthChecksumBytesChecksum() {
    let record = EventFile.record([1, 2, 3])
    XCTAssertEqual(record.count, 8 + 4 + 3 + 4)
    XCTAssertEqual(Array(record[0..<8]), [3, 0, 0, 0, 0, 0, 0, 0])
    XCTAssertEqual(Array(record[12..<15]), [1, 2, 3])
    func number(_ bytes: ArraySlice<UInt8>) -> UInt32 {
      bytes.reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }
    XCTAssertEqual(number(record[8..<12]), CRC32C.masked(record[0..<8]))
    XCTAssertEqual(number(record[15..<19]), CRC32C.masked([1, 2, 3]))
  }

  func testAFileGrowsByWholeRecords() throws {
    let folder = try TemporaryFolder()
    let file = try EventFile(in: folder("run/tb"))
    XCTAssertTrue(file.path.contains("/events.out.tfevents."), file.path)
    try file.append([7])
    try file.append([])
    XCTAssertEqual(
      try Data(contentsOf: URL(fileURLWithPath: file.path)),
      Data(EventFile.record([7]) + EventFile.record([])))
  }

  func testComponentsAreSettingsThemselves() {
    XCTAssertEqual(
      Hyperparameters.named([
        "optimizer.Adam.lr": "0.1", "optimizer.Adam.eps": "1e-8", "scheduler": "StepLR",
        "phases.head.loss.CrossEntropyLoss.label_smoothing": "0",
        "transforms.train[1].CenterCrop.size": "32", "train.batch_size": "8",
      ]),
      [
        "optimizer": "Adam", "optimizer.lr": "0.1", "optimizer.eps": "1e-8", "scheduler": "StepLR",
        "phases.head.loss": "CrossEntropyLoss", "phases.head.loss.label_smoothing": "0",
        "transforms.train[1].CenterCrop.size": "32", "train.batch_size": "8",
      ])
  }

  func testAFolderThatCannotBeWrittenIsSaidOnce() throws {
    let folder = try TemporaryFolder()
    // A file where the folder should be.
    try Data().write(to: URL(fileURLWithPath: folder("tb")))
    var warnings: [String] = []
    let observer = TensorBoardObserver { warnings.append($0) }
    observer.begin(
      settings: [:], configuration: "", group: "g", in: RunFolder(existing: folder.path))
    let metrics = EpochMetrics(classes: 2)
    observer.tested(metrics)
    observer.tested(metrics)
    XCTAssertEqual(warnings.count, 1)
    XCTAssertTrue(
      warnings[0].hasPrefix("warning: cannot") && warnings[0].contains(folder("tb"))
        && warnings[0].hasSuffix("the run goes on without events for TensorBoard"), warnings[0])
  }
}
