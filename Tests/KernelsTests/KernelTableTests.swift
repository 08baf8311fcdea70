import Graphs
import Kernels
import Tensors
import XCTest

/// Which algorithm a program takes for a convolution.
final class KernelTableTests: XCTestCase {
  private func key(
    _ pass: ConvolutionShape.Pass, channels: Int, side: Int, kernel: Int = 3, stride: Int = 1
  ) -> KernelTable.Key {
    let geometry = ConvolutionGeometry(
      kernel: kernel, stride: stride, padding: Padding(kernel / 2), groups: 1)
    let result = (side - 1) / stride + 1
    return KernelTable.Key(
      ConvolutionShape(
        pass, geometry, picture: [1, channels, side, side],
        result: [1, channels, result, result]))
  }

  func testTextAndBack() throws {
    let table = KernelTable([
      .init(key: key(.weightGradient, channels: 8, side: 4), algorithm: .columns),
      .init(
        key: key(.forward, channels: 64, side: 16), algorithm: .winograd4, note: "0.5 ms, # 1.0"),
      .init(key: key(.forward, channels: 8, side: 112, stride: 2), algorithm: .libraryDirect),
      .init(key: key(.forward, channels: 8, side: 16), algorithm: .winograd2),
    ])
    let text = table.text
    XCTAssertEqual(
      text,
      """
      forward         3 1 1  8  8  16  16 winograd_2x2
      forward         3 1 1 64 64  16  16 winograd_4x4   # 0.5 ms, # 1.0
      forward         3 2 1  8  8 112 112 library_direct
      weight_gradient 3 1 1  8  8   4   4 columns
      """)
    XCTAssertEqual(KernelTable(try XCTUnwrap(KernelTable.rows(in: text))).text, text)
    for wrong in [
      "forward 3 1 1 8 8 16 16", "forward 3 1 1 8 8 16 x winograd_4x4",
      "backward 3 1 1 8 8 16 16 columns", "forward 3 1 1 8 8 16 16 magic",
    ] {
      XCTAssertNil(KernelTable.rows(in: wrong), wrong)
    }
    XCTAssertEqual(KernelTable.rows(in: "\n# nothing\n"), [])
  }

  func testARowGoesBeforeTheRules() throws {
    try XCTSkipUnless(ProviderKind.onednn.isAvailable, "needs oneDNN")
    XCTAssertEqual(try chosen(64, side: 8, KernelTable()), .winograd4)
    let key = key(.forward, channels: 64, side: 8)
    XCTAssertEqual(
      try chosen(64, side: 8, KernelTable([.init(key: key, algorithm: .winograd2)])), .winograd2)
    XCTAssertEqual(
      try chosen(64, side: 4, KernelTable([.init(key: key, algorithm: .winograd2)])), .winograd4,
      "another shape")
    // What cannot do a shape is passed over.
    XCTAssertEqual(
      try chosen(64, side: 8, KernelTable([.init(key: key, algorithm: .toeplitz2)])), .winograd4)
    XCTAssertEqual(
      try chosen(
        64, side: 8, KernelTable([.init(key: key, algorithm: .winograd2)]).forcing(.columns)),
      .columns)
  }

  func testRules() throws {
    try XCTSkipUnless(ProviderKind.onednn.isAvailable, "needs oneDNN")
    let rules = KernelTable()
    XCTAssertEqual(try chosen(64, side: 2, rules), .toeplitz2)
    XCTAssertEqual(try chosen(64, side: 1, rules), .smallMap)
    XCTAssertEqual(try chosen(64, side: 4, rules, stride: 2), .smallMap)
    XCTAssertEqual(try chosen(64, side: 8, rules, stride: 2), .libraryDirect)
    XCTAssertEqual(try chosen(64, side: 8, rules, kernel: 1), .libraryDirect)
    XCTAssertEqual(try chosen(16, side: 8, rules), .libraryDirect)
  }

  /// Of a convolution over values of the network's own.
  private func chosen(
    _ channels: Int, side: Int, _ table: KernelTable, kernel: Int = 3, stride: Int = 1
  ) throws -> ConvolutionAlgorithm? {
    var b = GraphBuilder(.evaluation)
    let x = try b.relu(b.input("x", [1, channels, side, side]), "relu")
    b.output(
      "y",
      try b.convolution(
        x, "conv", channels: channels, kernel: kernel, stride: stride,
        padding: Padding(kernel / 2)))
    let store = ParameterStore()
    store.set("conv.weight", FloatBuffer(count: channels * channels * kernel * kernel))
    let program = try Program(b.graph, provider: .onednn, threads: 1, store: store, table: table)
    return program.algorithms.first { $0.node == "conv" }?.algorithm
  }
}
