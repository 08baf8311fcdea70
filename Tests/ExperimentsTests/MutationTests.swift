import Diagnostics
import Experiments
import TestSupport
import XCTest

/// Whatever the bytes: an experiment, or at least one error with a place. Never a crash.
final class MutationTests: XCTestCase {
  private static let pieces = [
    "{", "}", "[", "]", ":", ": ", "- ", "\n", "\n  ", "\t", "#", "&a ", "*a", "<<: ", "!",
    "!!int ",
    "'", "\"", "|", ">", "---\n", "...\n", "%YAML 1.2\n", "? ", ", ", "null", "~", "true", "yes",
    "-1", "1e400", ".nan", "0x", "99999999999999999999", "é", "花", "\u{FEFF}", "\u{85}", "\u{2028}",
    "\r", "\0", "phases", "optimizer", "ToTensor", "${env:X}", "none", "runs/a", "[96, 96]", "{}",
    "[]", "Normalize", "by", "-9223372036854775808", "9223372036854775807",
  ]

  private func mutate(_ bytes: [UInt8], with generator: inout SplitMix64) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<Int.random(in: 1...4, using: &generator) {
      let index = Int.random(in: 0...bytes.count, using: &generator)
      switch Int.random(in: 0..<7, using: &generator) {
      case 0 where index < bytes.count:
        bytes[index] = UInt8.random(in: 0...255, using: &generator)
      case 1 where index < bytes.count:
        bytes[index] ^= 1 << UInt8.random(in: 0...7, using: &generator)
      case 2:
        let end = min(bytes.count, index + Int.random(in: 1...20, using: &generator))
        bytes.removeSubrange(index..<end)
      case 3:
        let start = Int.random(in: 0...bytes.count, using: &generator)
        let end = min(bytes.count, start + Int.random(in: 1...60, using: &generator))
        bytes.insert(contentsOf: bytes[start..<end], at: index)
      case 4: bytes.removeSubrange(index...)
      default:
        let piece = Self.pieces.randomElement(using: &generator) ?? ""
        bytes.insert(contentsOf: piece.utf8, at: index)
      }
    }
    return bytes
  }

  private func check(
    _ result: (experiment: Experiment?, diagnostics: [Diagnostic]), _ input: [UInt8], seed: UInt64
  ) {
    let text = String(decoding: input, as: UTF8.self)
    if let experiment = result.experiment {
      XCTAssertFalse(result.diagnostics.hasErrors, "seed \(seed)")
      let again = Examples.load(experiment.resolvedYAML())
      XCTAssertEqual(
        again.experiment?.configurationHash, experiment.configurationHash,
        "seed \(seed)\n\(text)\n\(again.diagnostics.rendered(as: .text(isColoured: false)))")
      return
    }
    XCTAssertTrue(
      result.diagnostics.contains { $0.severity == .error && $0.primary != nil },
      "seed \(seed): refused without a place\n\(text)")
    for diagnostic in result.diagnostics {
      guard let span = diagnostic.primary?.span else { continue }
      XCTAssertLessThanOrEqual(span.range.lowerBound, span.source.bytes.count, "seed \(seed)")
    }
    XCTAssertTrue(result.diagnostics.rendered(as: .text(isColoured: false)).contains("^"))
    _ = result.diagnostics.rendered(as: .json)
  }

  func testMutatedFiles() {
    var accepted = 0
    let count = 8_000
    let originals = [Examples.flowers, Examples.small()].map { Array($0.utf8) }
    for seed in 0..<UInt64(count) {
      var generator = SplitMix64(state: seed)
      let bytes = mutate(originals[Int(seed % 2)], with: &generator)
      let result = ExperimentLoader.load(
        SourceText(name: "experiment.yaml", bytes: bytes), in: "/nowhere", checksFiles: false)
      if result.experiment != nil { accepted += 1 }
      check(result, bytes, seed: seed)
    }
    // Some changes change nothing, or something that is allowed; most do not.
    XCTAssertGreaterThan(accepted, count / 50)
    XCTAssertLessThan(accepted, count / 2)
  }

  func testMutatedArguments() {
    let arguments = [
      "phases.head.optimizer.lr=3e-4", "phases[1].optimizer.Adam.lr=1e-4",
      "transforms.train.ColorJitter.hue=0.2", "transforms.eval[1]=CenterCrop",
      "data.splits.val={fraction: 0.1}",
      "phases.all.freeze={until: layer1}", "train.monitor=val/loss",
    ]
    for seed in 0..<UInt64(4_000) {
      var generator = SplitMix64(state: seed ^ 0xA5A5)
      let argument = Array(arguments[Int(seed) % arguments.count].utf8)
      let bytes = mutate(argument, with: &generator)
      let result = Examples.load(
        Examples.flowers, overrides: [String(decoding: bytes, as: UTF8.self)])
      check(result, bytes, seed: seed)
    }
  }

  func testCheckingTakesMilliseconds() {
    let clock = ContinuousClock()
    _ = Examples.load(Examples.flowers)
    let time = clock.measure { _ = Examples.load(Examples.flowers) }
    XCTAssertLessThan(time, .milliseconds(20))
  }
}
