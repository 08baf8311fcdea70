import Glibc
import Graphs
import Kernels
import Tensors
import XCTest

/// Milliseconds of whole ResNet-18 passes, node by node; only where `XRUN_PROFILE` is set.
final class ResNetSpeedTests: XCTestCase {
  func testSpeed() throws {
    guard getenv("XRUN_PROFILE") != nil else {
      throw XCTSkip("set XRUN_PROFILE to measure, XRUN_PROFILE_NODES for each node")
    }
    let showsNodes = getenv("XRUN_PROFILE_NODES") != nil
    let wanted = getenv("XRUN_PROVIDER").flatMap { ProviderKind(rawValue: String(cString: $0)) }
    let batch = 128
    let kind = wanted ?? .best
    let all = BuildMode(isTraining: true) { _ in true }
    let head = BuildMode(isTraining: true) { $0.hasPrefix("fc.") }
    let forward = try TestNetworks.resNet18(
      batch: batch, pixels: 64, classes: 9, mode: .evaluation)
    let graphs = [
      ("forward", try GraphCompiler.evaluation(forward, labelSmoothing: nil)),
      (
        "fc-only step",
        try GraphCompiler.training(
          TestNetworks.resNet18(batch: batch, pixels: 64, classes: 9, mode: head),
          labelSmoothing: 0)
      ),
      (
        "full step",
        try GraphCompiler.training(
          TestNetworks.resNet18(batch: batch, pixels: 64, classes: 9, mode: all),
          labelSmoothing: 0)
      ),
    ]
    let values = TestNetworks.values(for: graphs[2].1, seed: 1)
    let store = TestNetworks.store(values, for: graphs[2].1)
    let arena = Arena()
    let images = FloatBuffer((values["images"] ?? []).map { Float($0) })
    let inputs: [String: ProgramInput] = [
      "images": .floats(images),
      "labels": .integers(Int32Buffer(TestNetworks.labels(batch, classes: 9))),
    ]
    for (name, graph) in graphs {
      let threads = getenv("XRUN_THREADS").flatMap { Int(String(cString: $0)) } ?? 2
      let start = Self.now()
      let program = try Program(
        graph, provider: kind, threads: threads, store: store, arena: arena)
      let made = Self.now() - start
      let trained = graph.parameters.filter { graph[$0].isTrainable }.map { graph[$0].name }
      var best = Double.infinity
      var bestCPU = Double.infinity
      for round in 0..<12 {
        program.isProfiling = showsNodes && round >= 2
        let (start, startCPU) = (Self.now(), Self.now(CLOCK_PROCESS_CPUTIME_ID))
        try program.run(inputs: inputs)
        if round >= 2 {
          best = min(best, Self.now() - start)
          bestCPU = min(bestCPU, Self.now(CLOCK_PROCESS_CPUTIME_ID) - startCPU)
        }
        for name in trained { store.touch(name) }
      }
      print(
        name, kind, "best", Int(best * 1e3), "ms, of processors", Int(bestCPU * 1e3), "ms =",
        Int(Double(batch) / best), "images/s; made in",
        Int(made * 1e3), "ms; arena", program.arenaBytes >> 20, "MiB")
      if showsNodes { print(program.profileReport()) }
    }
  }

  private static func now(_ clock: clockid_t = CLOCK_MONOTONIC) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
