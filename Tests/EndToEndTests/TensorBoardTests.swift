import Foundation
import Runs
import TestSupport
import XCTest

/// What a run writes for TensorBoard, read by TensorBoard's own code.
final class TensorBoardTests: XCTestCase {
  private func python() throws -> String {
    let python = try Places.python()
    guard try Command(python, ["-c", "import tensorboard"]).status == 0 else {
      throw XCTSkip("no tensorboard in .venv: run 'make test'")
    }
    return python
  }

  /// What TensorBoard's reader finds in each folder, as JSON.
  private static let script = """
    import json, sys
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
    from tensorboard.plugins.hparams import plugin_data_pb2
    from google.protobuf.json_format import MessageToDict
    found = []
    for folder in sys.argv[1:]:
        events = EventAccumulator(folder, size_guidance={"images": 0, "scalars": 0, "tensors": 0})
        events.Reload()
        tags = events.Tags()
        hparams = {}
        for tag, content in events.PluginTagToContent("hparams").items():
            data = plugin_data_pb2.HParamsPluginData.FromString(content)
            hparams[tag] = MessageToDict(data)
        images = {tag: events.Images(tag)[-1] for tag in tags["images"]}
        found.append({
            "scalars": {tag: [[e.step, e.value] for e in events.Scalars(tag)]
                        for tag in tags["scalars"]},
            "images": {tag: [i.width, i.height, i.step, i.encoded_image_string[:2].hex()]
                       for tag, i in images.items()},
            "text": {tag: events.Tensors(tag)[0].tensor_proto.string_val[0].decode()
                     for tag in events.PluginTagToContent("text")},
            "hparams": hparams,
        })
    print(json.dumps(found))
    """

  private struct Found: Decodable {
    let scalars: [String: [[Double]]]
    let images: [String: [Number]]
    let text: [String: String]
    let hparams: [String: HParams]

    enum Number: Decodable, Equatable {
      case number(Int)
      case text(String)
      init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if let number = try? value.decode(Int.self) {
          self = .number(number)
        } else {
          self = .text(try value.decode(String.self))
        }
      }
    }
    struct HParams: Decodable {
      struct Start: Decodable {
        enum Value: Decodable, Equatable {
          case number(Double)
          case flag(Bool)
          case word(String)
          init(from decoder: any Decoder) throws {
            let value = try decoder.singleValueContainer()
            if let flag = try? value.decode(Bool.self) {
              self = .flag(flag)
            } else if let number = try? value.decode(Double.self) {
              self = .number(number)
            } else {
              self = .word(try value.decode(String.self))
            }
          }
        }
        let groupName: String
        let hparams: [String: Value]
      }
      struct End: Decodable { let status: String }
      let sessionStartInfo: Start?
      let sessionEndInfo: End?
    }
  }

  func testTensorBoardReadsWhatARunWrites() throws {
    let python = try python()
    let program = try Program()
    try program.experiment(
      "small.yaml",
      [
        "freeze: none\noptimizer: {Adam: {lr: 1e-3}}\nscheduler: {StepLR: {step_size: 2}}\nepochs: 2":
          """
        phases:
          - {name: one, freeze: {all_but: head}, optimizer: {Adam: {lr: 1e-3}}, epochs: 2}
          - {name: two, freeze: none, optimizer: {SGD: {lr: 1e-2}}, epochs: 1}
        """
      ])
    let first = try program.run(["small.yaml", "--quiet"])
    XCTAssertEqual(first.status, 0, first.errors)
    let second = try program.run([
      "small.yaml", "--quiet", "seed=1", "phases.one.optimizer.lr=1e30",
    ])
    XCTAssertEqual(second.status, 4, second.errors)
    let runs = RunReader.all(in: program.folder("runs"))
    XCTAssertEqual(runs.count, 2)
    let folders = [first.lastLine + "/tb"] + runs.map(\.folder.tensorBoard)
    let read = try Command(python, ["-c", Self.script] + folders)
    let line = try XCTUnwrap(read.output.split(separator: "\n").last, read.output)
    let found = try JSONDecoder().decode([Found].self, from: Data(line.utf8))

    // 1. Scalars: those of metrics.jsonl, at the step of all phases together.
    let run = RunReader(first.lastLine)
    let epochs = run.epochs
    XCTAssertEqual(epochs.count, 3)
    // 40 pictures in batches of 16.
    let steps = [3.0, 6, 9]
    for name in ["train/loss", "train/acc1", "val/loss", "val/acc1", "val/acc5", "lr"] {
      XCTAssertEqual(
        found[0].scalars[name],
        try zip(steps, epochs).map { step, line in
          [step, Double(Float(try XCTUnwrap(line.numbers[name])))]
        }, name)
    }
    XCTAssertEqual(
      found[0].scalars["test/acc1"],
      [[9, Double(Float(try XCTUnwrap(run.test?.numbers["test/acc1"])))]])
    // 2. The sheet: a JPEG file, three rows of the sixteen validation pictures.
    XCTAssertEqual(
      found[0].images,
      ["predictions/val": [.number(1208), .number(752), .number(9), .text("ffd8")]]
    )
    // 3. The settings, as they are run.
    let yaml = try String(contentsOfFile: run.folder.resolved, encoding: .utf8)
    let text = try XCTUnwrap(found[0].text["configuration"])
    XCTAssertEqual(
      text.split(separator: "\n", omittingEmptySubsequences: false).map { $0.dropFirst(4) },
      yaml.split(separator: "\n", omittingEmptySubsequences: false).map { $0[...] })
    // 4. Hyperparameters, grouped by configuration.
    let start = try XCTUnwrap(found[0].hparams["_hparams_/session_start_info"]?.sessionStartInfo)
    XCTAssertEqual(start.groupName, String(try XCTUnwrap(run.record).configuration.prefix(8)))
    XCTAssertEqual(start.hparams["phases.two.optimizer.lr"], .number(0.01))
    XCTAssertEqual(start.hparams["phases.two.optimizer"], .word("SGD"))
    XCTAssertEqual(start.hparams["model.backbone"], .word("resnet18"))
    XCTAssertEqual(start.hparams["train.shuffle"], .flag(true))
    XCTAssertNil(start.hparams["seed"])
    XCTAssertEqual(
      found[0].hparams["_hparams_/session_end_info"]?.sessionEndInfo?.status, "STATUS_SUCCESS")
    XCTAssertNil(found[0].hparams["_hparams_/experiment"])
    // 5. The run that diverged ended so, and has no sheet.
    let other = try XCTUnwrap(found.dropFirst().first { $0.images.isEmpty })
    XCTAssertEqual(
      other.hparams["_hparams_/session_end_info"]?.sessionEndInfo?.status, "STATUS_FAILURE")
    XCTAssertNotEqual(
      other.hparams["_hparams_/session_start_info"]?.sessionStartInfo?.groupName, start.groupName)
  }

  func testNothingElseNeedsTheEvents() throws {
    let program = try Program()
    try program.experiment("small.yaml", ["epochs: 2": "epochs: 1"])
    let run = try program.run(["small.yaml", "--quiet"]).lastLine
    let before = try ["ls", "compare"].map { try program.run([$0, "runs"]).output }
    let files = try FileManager.default.contentsOfDirectory(atPath: run + "/tb")
    XCTAssertEqual(files.count, 1)
    let path = run + "/tb/" + files[0]
    try program.bytes(path).dropLast(9).write(to: URL(fileURLWithPath: path))
    XCTAssertEqual(try ["ls", "compare"].map { try program.run([$0, "runs"]).output }, before)
    try FileManager.default.removeItem(atPath: run + "/tb")
    XCTAssertEqual(try ["ls", "compare"].map { try program.run([$0, "runs"]).output }, before)
    XCTAssertEqual(try program.run(["eval", run]).status, 0)
  }
}
