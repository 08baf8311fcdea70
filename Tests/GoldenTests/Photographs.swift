import Diagnostics
import Experiments
import Foundation
import Images
import Tensors
import TestSupport
import Transforms
import XCTest

/// Photographs brought to pixels as an experiment does it: its text, decoding, transforms.
enum Photographs {
  /// An experiment as users write it, with one list of transforms for training and evaluation.
  static func experiment(
    _ transforms: [String], mean: [Double], std: [Double],
    model: String = "{backbone: resnet18, weights: none}", data: String = "/nowhere"
  ) -> String {
    let list = (transforms + ["ToTensor", "Normalize: {mean: \(mean), std: \(std)}"])
      .map { "    - " + $0 }.joined(separator: "\n")
    return """
      name: golden
      data: {folder: \(data)}
      transforms:
        train:
      \(list)
        eval:
      \(list)
      model: \(model)
      loss: CrossEntropyLoss
      optimizer: SGD
      epochs: 1
      """
  }

  static func load(_ text: String) -> (experiment: Experiment?, diagnostics: [Diagnostic]) {
    let loaded = ExperimentLoader.load(
      SourceText(name: "golden.yaml", bytes: Array(text.utf8)), in: "/", checksFiles: false)
    return (loaded.experiment, loaded.diagnostics)
  }

  /// The evaluation pipeline of an experiment.
  static func pipeline(_ text: String) throws -> Pipeline {
    let (experiment, diagnostics) = load(text)
    XCTAssertEqual(diagnostics.map(\.message), [])
    return try Pipeline(XCTUnwrap(experiment).phases[0].evalTransforms)
  }

  /// Pictures of the folder of shared data, one after the other.
  static func pixels(_ paths: [String], _ pipeline: Pipeline) throws -> FloatBuffer {
    let size = pipeline.outputShape.count
    let pixels = FloatBuffer(count: paths.count * size)
    var canvas = Canvas()
    for (index, path) in paths.enumerated() {
      canvas.picture = try Picture(contentsOf: Places.shared(path))
      try pipeline.run(
        on: &canvas, seed: 0, at: SamplePlace(phase: 0, epoch: 0, sample: UInt64(index)),
        into: UnsafeMutableBufferPointer(
          rebasing: pixels.floats[index * size..<(index + 1) * size]))
    }
    return pixels
  }

  /// Fails where a file of the shared folder is not the one that a golden was made from.
  static func check(_ path: String, sha256: String) throws {
    let data = try Data(
      contentsOf: URL(fileURLWithPath: Places.shared(path)), options: .alwaysMapped)
    XCTAssertEqual(
      data.withUnsafeBytes { SHA256.hex(of: $0) }, sha256, "another file than the golden's: \(path)"
    )
  }
}

/// A JSON file of a golden.
func golden<Value: Decodable>(_ type: Value.Type, _ path: String) throws -> Value {
  try JSONDecoder().decode(
    type, from: Data(contentsOf: URL(fileURLWithPath: Places.repository + "/" + path)))
}
