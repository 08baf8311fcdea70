import Foundation
import Graphs
import Kernels
import Models
import Tensors
import TestSupport
import XCTest

/// What a run leaves, used by PyTorch: names, shapes and numbers.
final class BackToTorchTests: XCTestCase {
  /// Of the logits' range: float32 sums in two orders.
  private static let tolerance = 1e-4

  func testBestWeightsOfARunGiveTheSameLogitsInTorch() throws {
    let python = try Places.python()
    // 1. A run that trains everything, so that batch norms have moved.
    let program = try Program()
    let run = try program.run([try program.experiment("a.yaml", ["epochs: 2": "epochs: 1"])])
    XCTAssertEqual(run.status, 0, run.errors)
    let best = try SafeTensorsFile(path: run.lastLine + "/best.safetensors")
    let classes = try XCTUnwrap(try WeightsMetadata(best).classes).count

    // 2. Logits of pictures that are neither flat nor regular.
    let (count, side) = (4, 64)
    var stream = RandomStream(seed: 14, purpose: .test)
    let pictures = FloatBuffer((0..<count * 3 * side * side).map { _ in Float(stream.normal()) })
    let network = Network(ResNet.resnet18, classes: classes)
    let (state, report) = try ModelState.load(network, from: best, seed: 0)
    XCTAssertNil(report.replacedHead)
    let store = ParameterStore()
    for (name, buffer) in state.floats { store.set(name, buffer) }
    let graph = try GraphCompiler.evaluation(
      network.graph(batch: count, height: side, width: side, mode: .evaluation),
      labelSmoothing: nil)
    let compiled = try Kernels.Program(graph, provider: .best, threads: 2, store: store)
    try compiled.run(inputs: ["pictures": .floats(pictures)])
    let found = compiled.output("logits").array

    // 3. Torch's, from the file as it is: `load_state_dict` is strict.
    try SafeTensors.write(
      path: program.folder("pictures.safetensors"),
      tensors: [.init("pictures", [count, 3, side, side], .float32(pictures))])
    let script = """
      import sys, torch
      from safetensors.torch import load_file, save_file
      sys.path.insert(0, sys.argv[1])
      from resnet_step import ResNet18
      weights, pictures, out = sys.argv[2:]
      model = ResNet18(\(classes)).eval()
      model.load_state_dict(load_file(weights))
      with torch.no_grad():
          save_file({"logits": model(load_file(pictures)["pictures"])}, out)
      """
    let made = try Command(
      python,
      [
        "-c", script, Places.repository + "/Tools/golden", best.path,
        program.folder("pictures.safetensors"), program.folder("logits.safetensors"),
      ])
    XCTAssertEqual(made.status, 0, made.output)
    let expected = try SafeTensorsFile(path: program.folder("logits.safetensors")).floats("logits")
      .array
    XCTAssertEqual(found.count, expected.count)
    let range = try XCTUnwrap(expected.max()) - XCTUnwrap(expected.min())
    XCTAssertGreaterThan(range, 0.1)
    let worst = zip(found, expected).map { abs($0 - $1) }.max() ?? .infinity
    print("logits of best.safetensors differ from torch's by \(worst / range) of their range")
    XCTAssertLessThan(Double(worst / range), Self.tolerance)
  }
}
