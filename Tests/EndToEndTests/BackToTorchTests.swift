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
    Parity.check(
      .backbone, "resnet18", "logits in torch of a run's best.safetensors", against: "torch",
      difference: Parity.greatestDifference(found, expected) / Double(range),
      tolerance: Self.tolerance, unit: "of their range", cases: count)
  }

  /// Every backbone's file, as runs write `best.safetensors`, in torchvision's and timm's own networks.
  ///
  /// Without them, the test above shows it for a ResNet-18 written out in `Tools/golden/resnet_step.py`, and
  /// `Tests/ModelsTests` that all names and shapes are torchvision's and timm's.
  func testWrittenWeightsOfEveryBackboneInTorchvisionAndTimm() throws {
    let python = try Places.goldensPython()
    let folder = try TemporaryFolder()
    let (count, height, width, classes) = (3, 63, 64, 7)
    let pictures = FloatBuffer(
      Formula.uniform("pictures", count * 3 * height * width).map { Float($0 * 4) })
    try SafeTensors.write(
      path: folder("pictures.safetensors"),
      tensors: [.init("pictures", [count, 3, height, width], .float32(pictures))])
    var expected: [String: [Float]] = [:]
    for backbone in BackboneCatalogue.all {
      // 1. Weights that tell pictures apart, and what xrun says with them.
      let network = Network(backbone, classes: classes)
      var state = ModelState(zeros: network)
      for tensor in network.tensors where tensor.isFloat {
        state[tensor.name].assign(
          FloatBuffer(
            Formula.spreadValues(
              tensor.name, tensor.shape.dimensions, shifts: 0.125,
              scales: backbone.name.hasPrefix("tf_") ? 1.5 : 1)))
      }
      for name in state.batchesTracked.keys { state.batchesTracked[name] = 3 }
      try SafeTensors.write(
        path: folder(backbone.name + ".safetensors"), tensors: state.stored(),
        metadata: WeightsMetadata().dictionary)
      let store = ParameterStore()
      for (name, buffer) in state.floats { store.set(name, buffer) }
      let graph = try GraphCompiler.evaluation(
        network.graph(batch: count, height: height, width: width, mode: .evaluation),
        labelSmoothing: nil)
      let compiled = try Kernels.Program(graph, provider: .best, threads: 2, store: store)
      try compiled.run(inputs: ["pictures": .floats(pictures)])
      expected[backbone.name] = compiled.output("logits").array
    }

    // 2. Theirs: `load_state_dict` is strict.
    let script = """
      import sys, timm, torch, torchvision
      from safetensors.torch import load_file, save_file
      folder, classes, names = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
      pictures, logits = load_file(f"{folder}/pictures.safetensors")["pictures"], {}
      for name in names:
          make = getattr(torchvision.models, name, None)
          model = make(num_classes=classes) if make else timm.create_model(name, num_classes=classes)
          model.load_state_dict(load_file(f"{folder}/{name}.safetensors"))
          with torch.no_grad():
              logits[name] = model.eval()(pictures)
      save_file(logits, f"{folder}/logits.safetensors")
      """
    let made = try Command(
      python, ["-c", script, folder.path, String(classes)] + BackboneCatalogue.names)
    XCTAssertEqual(made.status, 0, made.output)
    let theirs = try SafeTensorsFile(path: folder("logits.safetensors"))
    for (name, found) in expected {
      let logits = try theirs.floats(name).array
      let range = try Double(XCTUnwrap(logits.max()) - XCTUnwrap(logits.min()))
      XCTAssertGreaterThan(range, 0.1, name)
      Parity.check(
        .backbone, name, "logits in torch with the weights that a run writes",
        against: name.hasPrefix("tf_") ? "timm" : "torchvision",
        difference: Parity.greatestDifference(found, logits) / range, tolerance: Self.tolerance,
        unit: "of their range", cases: count)
    }
  }
}
