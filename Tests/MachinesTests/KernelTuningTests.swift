import Graphs
import Kernels
import Machines
import Tensors
import XCTest

/// What `xrun tune` measures, prints and writes.
final class KernelTuningTests: XCTestCase {
  private func network() throws -> Graph {
    var b = GraphBuilder(BuildMode(isTraining: true) { _ in true })
    var x = b.input("x", [4, 3, 16, 16])
    x = try b.relu(b.convolution(x, "a", channels: 32, kernel: 3, padding: Padding(1)), "a.relu")
    for name in ["b", "c"] {
      x = try b.relu(
        b.convolution(x, name, channels: 32, kernel: 3, padding: Padding(1)), name + ".relu")
    }
    b.output("y", x)
    return b.graph
  }

  func testCasesAreFoundOnce() throws {
    let cases = ConvolutionCase.all(in: try network())
    XCTAssertEqual(cases.map(\.picture), [[4, 3, 16, 16], [4, 32, 16, 16]])
    XCTAssertEqual(cases.map(\.isFirst), [true, false])
    XCTAssertEqual(KernelTuning.unique(cases + cases).count, 2)
    let all = try KernelTuning.standardCases()
    XCTAssertGreaterThan(all.count, 300)
    XCTAssertEqual(Set(all.map(\.key)).count, all.count)
    XCTAssertEqual(Set(all.map(\.pass)).count, 3)
    XCTAssertEqual(Set(all.map { $0.picture[0] }), [32, 128])
  }

  func testEveryAlgorithmThatCanDoItIsTimed() throws {
    try XCTSkipUnless(ProviderKind.onednn.isAvailable, "needs oneDNN")
    var tuning = KernelTuning()
    let timing = try tuning.measure(
      try XCTUnwrap(ConvolutionCase.all(in: network()).last), threads: 1, rounds: 3)
    let found = Set(timing.seconds.map(\.algorithm))
    XCTAssertTrue(found.isSuperset(of: [.winograd4, .winograd2, .libraryDirect, .columns]))
    XCTAssertTrue(found.isDisjoint(with: [.toeplitz2, .oneByOne, .depthwise]), "\(found)")
    XCTAssertEqual(timing.rule, .winograd4)
    XCTAssertTrue(timing.seconds.allSatisfy { $0.seconds > 0 && $0.seconds < 1 })
    XCTAssertEqual(timing.seconds.map(\.seconds), timing.seconds.map(\.seconds).sorted())
  }

  func testTextAndSource() throws {
    let timed = try XCTUnwrap(ConvolutionCase.all(in: network()).last)
    let seconds: [(algorithm: ConvolutionAlgorithm, seconds: Double)] = [
      (.winograd2, 0.000412), (.winograd4, 0.00121), (.libraryWinograd, 0.00155),
      (.libraryDirect, 0.0123),
    ]
    let timing = ConvolutionTiming(timed, seconds: seconds, rule: .winograd4, chosen: .winograd2)
    XCTAssertEqual(
      KernelTuningText.heading(timed), "3x3, 32 to 32 channels, 16x16, batch of 4")
    XCTAssertEqual(
      KernelTuningText.line(timing, current: .winograd4),
      """
        forward winograd_2x2 0.412 (now winograd_4x4); winograd_4x4 1.21,
                library_winograd 1.55, library_direct 12.3
      """)
    var tuning = KernelTuning()
    tuning.add(timing)
    let other = KernelTable.Row(
      key: try XCTUnwrap(ConvolutionCase.all(in: network()).first).key, algorithm: .columns)
    let stale = KernelTable.Row(key: timed.key, algorithm: .smallMap)
    let table = tuning.table(keeping: KernelTable([other, stale]))
    XCTAssertEqual(
      table.rows.values.map(\.algorithm).map(\.rawValue).sorted(), ["columns", "winograd_2x2"])
    let source = KernelTuningText.source(table, instructionSet: "avx512", machine: "A processor.")
    XCTAssertEqual(source.name, "AVX512Rows.swift")
    XCTAssertEqual(
      source.text,
      """
      /// Shapes that were measured with `avx512`; made by `make tune`, not by hand.
      ///
      /// Pass, kernel, stride, groups, channels of pictures and results, height and width of pictures, algorithm.
      /// A processor.
      enum AVX512Rows {
        static let text = \"\"\"
          forward 3 1 1  3 32 16 16 columns
          forward 3 1 1 32 32 16 16 winograd_2x2 # ms for 4: 0.412 winograd_2x2, 1.21 winograd_4x4
          \"\"\"
      }

      """)
    // What nothing beats has no row.
    var same = KernelTuning()
    same.add(ConvolutionTiming(timed, seconds: seconds, rule: .winograd4, chosen: .winograd4))
    XCTAssertTrue(same.table(keeping: KernelTable([stale])).rows.isEmpty)
  }
}
