import Diagnostics
import XCTest

final class SuggestionTests: XCTestCase {
  func testCloseNames() {
    let names = ["size", "padding", "interpolation", "lr", "batch_size", "RandomHorizontalFlip"]
    for (written, meant) in [
      ("pading", "padding"), ("padidng", "padding"), ("PADDING", "padding"), ("siez", "size"),
      ("LR", "lr"), ("Lr", "lr"), ("lrr", "lr"), ("interpolaton", "interpolation"),
      ("batchsize", "batch_size"), ("batch-size", "batch_size"), ("BatchSize", "batch_size"),
      ("RandomHorizontalFlp", "RandomHorizontalFlip"),
      ("random_horizontal_flip", "RandomHorizontalFlip"),
    ] {
      XCTAssertEqual(Suggestion.closest(to: written, among: names), meant, written)
    }
    for written in [
      "", "x", "ll", "sixteen", "momentum", "pad", String(repeating: "s", count: 1000),
    ] {
      XCTAssertNil(Suggestion.closest(to: written, among: names), written)
    }
  }

  func testDistanceCountsSwapsOnce() {
    for (left, right, distance) in [
      ("", "", 0), ("", "abc", 3), ("abc", "", 3), ("abc", "abc", 0), ("abc", "acb", 1),
      ("abc", "abd", 1), ("abc", "ab", 1), ("kitten", "sitting", 3), ("ca", "abc", 3),
    ] {
      XCTAssertEqual(
        Suggestion.editDistance(Array(left), Array(right)), distance, "\(left) \(right)")
      XCTAssertEqual(
        Suggestion.editDistance(Array(right), Array(left)), distance, "\(right) \(left)")
    }
  }

  func testEarlierChoiceWinsATie() {
    XCTAssertEqual(Suggestion.closest(to: "acx1", among: ["acx2", "acx3"]), "acx2")
    XCTAssertEqual(Suggestion.closest(to: "Acc", among: ["abc", "acc"]), "acc")
  }

  func testLists() {
    XCTAssertEqual(Suggestion.list([]), "")
    XCTAssertEqual(Suggestion.list(["a"]), "'a'")
    XCTAssertEqual(Suggestion.list(["a", "b"]), "'a' and 'b'")
    XCTAssertEqual(Suggestion.list(["a", "b", "c"], joinedBy: "or"), "'a', 'b' or 'c'")
  }
}
