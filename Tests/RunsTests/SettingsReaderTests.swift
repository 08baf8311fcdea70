import Foundation
import Runs
import Tensors
import TestSupport
import XCTest

final class SettingsReaderTests: XCTestCase {
  /// What runs write has none of this: then each text is read as YAML.
  private var withTexts: String {
    base.replacing("data:\n", with: "notes: |\n  lr: 0.1\n  more: words #1\ndata:\n")
      .replacing("epochs: 3\n", with: "epochs: 3\n    text: \"quoted # word\"  # a.yaml:9:9\n")
  }

  private let base = """
    name: small  # a.yaml:1:7
    seed: 0  # default
    data:
      folder: /data/flowers  # a.yaml:3:11
      workers: 2  # default
    transforms:
      train:
        - Resize:  # a.yaml:5:7
            size: [96, 96]  # a.yaml:5:15
        - RandomHorizontalFlip: 0.5
        - ToTensor  # a.yaml:6:7
    optimizer: {Adam: {lr: 0.1, eps: 1e-08}}
    phases:
      - name: head  # a.yaml:8:9
        epochs: 2  # a.yaml:9:9
        scheduler: null  # default
      - name: all
        epochs: 3
        folded: one
          two
    train:
      batch_size: 128 #.0  # default
      clip: ~

    """

  private func described(_ settings: RunSettings) -> String {
    zip(settings.paths.all, settings.texts).map { "\($0)=\($1)" }.joined(separator: "\n")
  }

  private func check(
    _ text: String, _ reader: SettingsReader, file: StaticString = #filePath, line: UInt = #line
  ) {
    let bytes = Array(text.utf8)
    XCTAssertEqual(
      described(reader.settings(bytes, name: "x")),
      described(SettingsReader().settings(bytes, name: "x")), text, file: file, line: line)
  }

  func testOtherValuesAreReadLikeYAML() throws {
    let reader = SettingsReader()
    check(base, reader)
    for (old, new) in [
      ("epochs: 2 ", "epochs: 20 "), ("a.yaml:9:9", "argument 1"), ("128 #.0", "64"),
      ("seed: 0", "seed: 7"), ("name: small", "name: other"), ("name: head", "name: tail"),
      ("lr: 0.1,", "lr: 0.2,"), ("[96, 96]", "[64, 64]"),
      ("null", "StepLR"), ("epochs: 3", "epochs: null"), ("epochs: 3", "epochs: ~"),
      ("epochs: 3", "epochs:"), ("epochs: 3", "epochs: '3'"), ("epochs: 3", "epochs: 3#4"),
      ("epochs: 3", "epochs: 3 #4"), ("epochs: 3", "epochs: a: b"), ("epochs: 3", "epochs: -"),
      ("epochs: 3", "epochs: [3"), ("epochs: 3", "epochs: *x"), ("epochs: 3", "epochs: &x 3"),
      ("epochs: 3", "epochs: 3\n    epochs: 3"), ("epochs: 3", "epochs : 3"),
      ("epochs: 3", "epochs:  3"), ("epochs: 3", " epochs: 3"), ("epochs: 3", "epochs: ä"),
      ("epochs: 3", "epochs: 3\t"), ("epochs: 3", "epochs: |"), ("epochs: 3", "epochs: 3\r"),
      ("two", "three"), ("two", "two #x"), ("one", "1"), ("epochs: 3", "epochs: 3 # 'x"),
      ("ToTensor", "Other"),
      ("Resize:", "CenterCrop:"), ("Flip: 0.5", "Flip: 0.25"), ("clip: ~", "clip: 1.5"),
      ("folder: /data/flowers", "folder: /data/other-1_2+3"), ("workers: 2", "workers: null"),
      ("\nphases", "\nphase"), ("clip: ~\n", "clip: ~"), ("two", "three # x"),
    ] {
      XCTAssertTrue(base.contains(old), old)
      check(base.replacing(old, with: new), reader)
      let other = SettingsReader()
      check(withTexts, other)
      check(withTexts.replacing(old, with: new), other)
    }
  }

  func testPlainValuesShareTheirPaths() {
    let reader = SettingsReader()
    func read(_ text: String) -> RunSettings { reader.settings(Array(text.utf8), name: "x") }
    let first = read(base)
    let second = read(base.replacing("epochs: 2 ", with: "epochs: 9 "))
    XCTAssertTrue(first.paths === second.paths, "read by the other's lines")
    XCTAssertEqual(second["phases.head.epochs"], "9")
    XCTAssertEqual(RunSettings.differing([first, second]), ["phases.head.epochs"])
  }

  func testRandomChangesAreReadLikeYAML() {
    var stream = RandomStream(seed: 5, purpose: .test)
    let alphabet = Array("0129aznulNULL~:# -[]{}\"'.\n\t&*!|>%@`/_+,".utf8)
    for number in 0..<6000 {
      let text = number % 3 == 0 ? withTexts : base
      let reader = SettingsReader()
      check(text, reader)
      var bytes = Array(text.utf8)
      for _ in 0..<stream.integer(in: 1...3) {
        let place = stream.integer(in: 0...bytes.count - 1)
        let byte = alphabet[stream.integer(in: 0...alphabet.count - 1)]
        switch stream.integer(in: 0...2) {
        case 0: bytes[place] = byte
        case 1: bytes.insert(byte, at: place)
        default: bytes.remove(at: place)
        }
      }
      check(String(decoding: bytes, as: UTF8.self), reader)
    }
  }
}
