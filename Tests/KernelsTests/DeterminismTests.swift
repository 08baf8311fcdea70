import CKernels
import Graphs
import Kernels
import Tensors
import XCTest

/// Same input, same bytes: over runs, threads, arenas and the company that a picture keeps.
final class DeterminismTests: XCTestCase {
  private func run(
    _ graph: Graph, _ kind: ProviderKind, threads: Int, images: [Float]? = nil, batch: Int,
    arena: Arena = Arena(), key: RandomKey = RandomKey(seed: 1)
  ) throws -> [String: [Float]] {
    let values = TestNetworks.values(for: graph, seed: 8)
    let store = TestNetworks.store(values, for: graph)
    let program = try Program(graph, provider: kind, threads: threads, store: store, arena: arena)
    try program.run(
      inputs: [
        "images": .floats(FloatBuffer(images ?? (values["images"] ?? []).map { Float($0) })),
        "labels": .integers(Int32Buffer(TestNetworks.labels(batch, classes: 5))),
      ], randomKey: key)
    return Dictionary(
      uniqueKeysWithValues: graph.outputs.keys.map { ($0, program.output($0).array) })
  }

  private func training(_ batch: Int) throws -> Graph {
    try GraphCompiler.training(
      TestNetworks.everything(
        batch: batch, channels: 16, pixels: 40, mode: BuildMode(isTraining: true) { _ in true }),
      labelSmoothing: 0.1)
  }

  func testRunsRepeatToTheByte() throws {
    let graph = try training(6)
    for kind in ProviderKind.allCases where kind.isAvailable {
      let first = try run(graph, kind, threads: 2, batch: 6)
      XCTAssertEqual(first, try run(graph, kind, threads: 2, batch: 6), "\(kind)")
    }
  }

  func testThreadsDoNotMatterToOurKernels() throws {
    let graph = try training(6)
    let one = try run(graph, .openblas, threads: 1, batch: 6)
    for threads in [2, 3, 5] {
      XCTAssertEqual(one, try run(graph, .openblas, threads: threads, batch: 6), "\(threads)")
    }
  }

  /// Few threads give each a block of channels for itself, many share out each step: over several chunks of
  /// pictures either way.
  func testBatchNormIsTheSameHoweverItIsSharedOut() throws {
    let (n, c, side) = (9, 40, 30)
    func run(threads: Int32, block: Int) -> [[Float]] {
      var shape = xr_pictures(n: n, c: c, h: side, w: side, block: block)
      let count = n * (c + block - 1) / block * block * side * side
      var stream = RandomStream(seed: 5, purpose: .test, [])
      let x = FloatBuffer((0..<count).map { _ in Float(stream.uniform()) - 0.4 })
      let incoming = FloatBuffer((0..<count).map { _ in Float(stream.uniform()) - 0.5 })
      let scale = FloatBuffer((0..<c).map { 1 + Float($0) / 10 })
      let shift = FloatBuffer((0..<c).map { Float($0) / 100 - 0.2 })
      let (y, dx, kept) = (
        FloatBuffer(count: count), FloatBuffer(count: count), FloatBuffer(count: count)
      )
      let rows = (0..<6).map { _ in FloatBuffer(count: c) }
      xr_pool_set_threads(threads)
      xr_bn_batch(
        &shape, x.pointer, y.pointer, incoming.pointer, scale.pointer, shift.pointer,
        rows[0].pointer, rows[1].pointer, rows[2].pointer, rows[3].pointer, 1e-5, 0.1,
        Int32(XR_RELU))
      xr_bn_gradient(
        &shape, incoming.pointer, x.pointer, y.pointer, scale.pointer, rows[2].pointer,
        rows[3].pointer, 0, 1e-5, Int32(XR_RELU), dx.pointer, rows[4].pointer, rows[5].pointer,
        kept.pointer)
      return ([y, dx, kept] + rows).map(\.array)
    }
    defer { xr_pool_set_threads(1) }
    for block in [1, 8] + (xr_isa() == XR_ISA_AVX512 ? [16] : []) {
      let alone = run(threads: 1, block: block)
      XCTAssertTrue(alone.allSatisfy { $0.contains { $0 != 0 } })
      for threads in [2, 3, 64] as [Int32] {
        XCTAssertEqual(alone, run(threads: threads, block: block), "\(threads) \(block)")
      }
    }
  }

  /// A gradient goes to the first greatest place of its window in the order of rows, or to the first NaN.
  func testTiesOfPoolingGoToTheFirst() {
    let (side, kernel, stride, padding, results) = (11, 3, 2, 1, 6)
    for block in [1, 8] + (xr_isa() == XR_ISA_AVX512 ? [16] : []) {
      var shape = xr_pictures(n: 1, c: block, h: side, w: side, block: block)
      var stream = RandomStream(seed: 6, purpose: .test, [])
      let x = FloatBuffer(
        (0..<side * side * block).map { _ in
          let value = stream.integer(in: 0...20)
          return value == 20 ? .nan : Float(value % 3)
        })
      let dy = FloatBuffer((0..<results * results * block).map { Float($0 + 1) })
      let dx = FloatBuffer(count: side * side * block)
      xr_max_pool_gradient(
        &shape, x.pointer, dy.pointer, dx.pointer, results, results, kernel, stride, padding)
      var expected = [Float](repeating: 0, count: side * side * block)
      for lane in 0..<block {
        for (oy, ox) in (0..<results * results).map({ ($0 / results, $0 % results) }) {
          var best = -Float.infinity
          var place = -1
          for (iy, ix) in (0..<kernel * kernel).map({ ($0 / kernel, $0 % kernel) }) {
            let (row, column) = (oy * stride - padding + iy, ox * stride - padding + ix)
            guard (0..<side).contains(row), (0..<side).contains(column) else { continue }
            let here = (row * side + column) * block + lane
            let value = x.pointer[here]
            if !best.isNaN, value.isNaN || value > best { (best, place) = (value, here) }
          }
          expected[place] += dy.pointer[(oy * results + ox) * block + lane]
        }
      }
      XCTAssertEqual(dx.array, expected, "\(block)")
    }
  }

  func testOnlyTheLibrarysWeightGradientsDependOnThreads() throws {
    guard ProviderKind.onednn.isAvailable else { throw XCTSkip("oneDNN is not here") }
    let graph = try training(6)
    let one = try run(graph, .onednn, threads: 1, batch: 6)
    let three = try run(graph, .onednn, threads: 3, batch: 6)
    XCTAssertEqual(one["logits"], three["logits"])
    XCTAssertEqual(one["loss"], three["loss"])
  }

  func testAPictureDoesNotDependOnItsNeighbours() throws {
    for kind in ProviderKind.allCases where kind.isAvailable {
      func evaluation(_ batch: Int) throws -> Graph {
        try GraphCompiler.evaluation(
          TestNetworks.everything(
            batch: batch, channels: 17, pixels: 33, mode: .evaluation), labelSmoothing: 0)
      }
      let many = try evaluation(9)
      let images = (TestNetworks.values(for: many, seed: 8)["images"] ?? []).map { Float($0) }
      let together = try run(many, kind, threads: 2, images: images, batch: 9)
      let size = images.count / 9
      for place in [0, 4, 8] {
        let alone = try run(
          evaluation(1), kind, threads: 2, images: Array(images[place * size..<(place + 1) * size]),
          batch: 1)
        let row = together["logits"].map { Array($0[place * 5..<(place + 1) * 5]) }
        XCTAssertEqual(alone["logits"], row, "\(kind) \(place)")
      }
    }
  }

  func testDropoutIsTheSameInEveryProviderAndLayout() throws {
    var graph = Graph()
    let x = graph.add(
      Value(
        name: "images", shape: [3, 19, 5, 3], role: .input, element: .float32, isTrainable: false))
    let copy = try XCTUnwrap(graph.append(ActivationOperation(.none), [x], name: "copy")[0])
    graph.outputs["y"] = try graph.append(
      Dropout(probability: 0.3, stream: 2), [copy], name: "dropout")[0]
    let key = RandomKey(seed: 12, [3, 4])
    let images = [Float](repeating: 1, count: 3 * 19 * 15)
    let expected = try run(graph, .reference, threads: 1, images: images, batch: 3, key: key)
    let kept = (expected["y"] ?? []).filter { $0 != 0 }
    XCTAssertEqual(Double(kept.count) / 855, 0.7, accuracy: 0.05)
    XCTAssertTrue(kept.allSatisfy { $0 == Float(1 / 0.7) || abs($0 - 1 / 0.7) < 1e-6 })
    for kind in ProviderKind.allCases where kind.isAvailable {
      let found = try run(graph, kind, threads: 2, images: images, batch: 3, key: key)
      XCTAssertEqual(found["y"]?.map { $0 != 0 }, expected["y"]?.map { $0 != 0 }, "\(kind)")
    }
    let other = try run(
      graph, .openblas, threads: 1, images: images, batch: 3, key: RandomKey(seed: 12, [3, 5]))
    XCTAssertNotEqual(other["y"], expected["y"])
  }

  func testEveryInstructionSetAgrees() throws {
    let graph = try training(4)
    let best = xr_isa_best()
    defer { xr_isa_limit(XR_ISA_AVX512) }
    let expected = try run(graph, .reference, threads: 1, batch: 4)
    for isa in [XR_ISA_BASELINE, XR_ISA_AVX2, XR_ISA_AVX512] where isa.rawValue <= best.rawValue {
      xr_isa_limit(isa)
      let found = try run(graph, .openblas, threads: 2, batch: 4)
      for (name, numbers) in expected {
        assertClose(
          found[name] ?? [], numbers.map(Double.init), 1e-4,
          "\(String(cString: xr_isa_name(isa))) \(name)")
      }
    }
  }

  func testChangedParametersAreSeenOnlyAfterTouch() throws {
    for kind in ProviderKind.allCases where kind.isAvailable {
      let graph = try GraphCompiler.evaluation(
        TestNetworks.everything(batch: 2, channels: 16, pixels: 24, mode: .evaluation),
        labelSmoothing: nil)
      let values = TestNetworks.values(for: graph, seed: 8)
      let store = TestNetworks.store(values, for: graph)
      let program = try Program(graph, provider: kind, threads: 2, store: store)
      let inputs: [String: ProgramInput] = [
        "images": .floats(FloatBuffer((values["images"] ?? []).map { Float($0) }))
      ]
      try program.run(inputs: inputs)
      let before = program.output("logits").array
      for name in store.names {
        guard let buffer = store[name] else { continue }
        for index in 0..<buffer.count { buffer.pointer[index] *= 1.25 }
        store.touch(name)
      }
      try program.run(inputs: inputs)
      let after = program.output("logits").array
      XCTAssertNotEqual(before, after)
      // A fresh program sees the same.
      let fresh = try Program(graph, provider: kind, threads: 2, store: store)
      try fresh.run(inputs: inputs)
      XCTAssertEqual(fresh.output("logits").array, after, "\(kind)")
    }
  }

  func testProgramsShareAnArena() throws {
    let arena = Arena()
    let (small, large) = (try training(2), try training(6))
    let alone = try run(small, .best, threads: 2, batch: 2)
    let values = TestNetworks.values(for: small, seed: 8)
    let store = TestNetworks.store(values, for: small)
    let program = try Program(small, provider: .best, threads: 2, store: store, arena: arena)
    // The larger program moves the arena before the smaller one runs.
    _ = try run(large, .best, threads: 2, batch: 6, arena: arena)
    try program.run(
      inputs: [
        "images": .floats(FloatBuffer((values["images"] ?? []).map { Float($0) })),
        "labels": .integers(Int32Buffer(TestNetworks.labels(2, classes: 5))),
      ], randomKey: RandomKey(seed: 1))
    for (name, numbers) in alone { XCTAssertEqual(program.output(name).array, numbers, name) }
  }

  /// Not oneDNN: the ReLU that it fuses into convolutions gives zero for what is not a number, unlike torch's. Loss
  /// and accuracy alone do not show a network whose weights are lost; the weights and gradients do.
  func testNotANumberIsNotHidden() throws {
    for kind in [ProviderKind.reference, .openblas] {
      let graph = try GraphCompiler.evaluation(
        TestNetworks.everything(batch: 2, channels: 16, pixels: 24, mode: .evaluation),
        labelSmoothing: 0)
      var images = (TestNetworks.values(for: graph, seed: 8)["images"] ?? []).map { Float($0) }
      for index in 0..<images.count / 2 { images[index] = .nan }
      let found = try run(graph, kind, threads: 2, images: images, batch: 2)
      XCTAssertEqual(found["loss"]?[0].isNaN, true, "\(kind)")
      XCTAssertEqual(found["loss"]?[1].isNaN, false, "\(kind)")
    }
  }

  func testMissingAndWrongInputsAreErrors() throws {
    let graph = try training(2)
    let store = TestNetworks.store(TestNetworks.values(for: graph, seed: 8), for: graph)
    let program = try Program(graph, provider: .openblas, threads: 1, store: store)
    XCTAssertThrowsError(try program.run(inputs: [:]))
    XCTAssertThrowsError(
      try program.run(inputs: [
        "images": .floats(FloatBuffer(count: 3)), "labels": .integers(Int32Buffer(count: 2)),
      ]))
    XCTAssertThrowsError(
      try Program(graph, provider: .openblas, threads: 1, store: ParameterStore()))
  }
}
