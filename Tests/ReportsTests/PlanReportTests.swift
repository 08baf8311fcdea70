import Diagnostics
import Experiments
import Reports
import TestSupport
import XCTest

final class PlanReportTests: XCTestCase {
  private func report() throws -> String {
    let text = """
      name: small
      data: {folder: pictures}
      transforms:
        train: [Resize: [40, 40], CenterCrop: 32, ToTensor, Normalize: imagenet]
        eval: [Resize: [32, 32], ToTensor, Normalize: imagenet]
      model: {backbone: resnet18, weights: none}
      train: {batch_size: 16}
      phases:
        - name: head
          freeze: {all_but: head}
          optimizer: {Adam: {lr: 1e-2}}
          epochs: 2
        - name: rest
          freeze: {until: layer4, bn: train}
          optimizer: {SGD: {lr: 1e-2, momentum: 0.9}}
          epochs: 1
      """
    let folder = try TemporaryFolder()
    try PictureFolder.write(to: folder("pictures"), pictures: ["train": 1, "val": 1])
    let (experiment, diagnostics) = ExperimentLoader.load(
      SourceText(name: "small.yaml", text: text), in: folder.path)
    let loaded = try XCTUnwrap(experiment, diagnostics.map(\.message).joined(separator: "; "))
    let plan = try XCTUnwrap(ExperimentPlan.make(loaded, classes: 4).plan)
    return try PlanReport(plan, data: "40 train, 16 val pictures of 4 classes").text()
  }

  /// The lines from one that begins so, up to the next empty one.
  private func block(_ start: String, after: String = "", in text: String) -> [String] {
    let lines = text.components(separatedBy: "\n")
    let from = lines.firstIndex { $0.hasPrefix(after) } ?? lines.count
    guard let first = lines[from...].firstIndex(where: { $0.hasPrefix(start) }) else { return [] }
    return Array(lines[first...].prefix { !$0.isEmpty })
  }

  func testHeadOfTheReport() throws {
    let text = try report()
    XCTAssertTrue(text.hasPrefix("small, seed 0, configuration "), text)
    XCTAssertEqual(
      block("data ", in: text).joined(separator: "\n"),
      """
      data   40 train, 16 val pictures of 4 classes
      model  resnet18 (torchvision.models.resnet18), 11,178,564 parameters in 62 tensors, \
      head 'fc' for 4 classes
      """)
    XCTAssertTrue(text.contains("\n          lr: 0.01  # small.yaml:11:28\n"), text)
    XCTAssertTrue(text.contains("\n    shuffle: true  # default\n"), text)
  }

  func testEachPhaseSaysWhatItTrains() throws {
    let text = try report()
    XCTAssertEqual(
      block("  pictures", after: "phase 1 'head': 2 epochs, batches of 16", in: text)
        .filter { !$0.hasPrefix("  memory") }.joined(separator: "\n"),
      """
        pictures  train Resize [3, 40, 40] bytes > CenterCrop [3, 32, 32] bytes > \
      ToTensor [3, 32, 32] > Normalize [3, 32, 32]
                  eval  Resize [3, 32, 32] bytes > ToTensor [3, 32, 32] > Normalize [3, 32, 32]
        trained   2,052 parameters in 2 tensors; frozen 11,176,512 in 60
        batch norm 0 of 20 layers use and move batch statistics, 20 use their running statistics \
      and leave them alone
        work      74 MFLOPs a picture forward, 74 MFLOPs a picture in a training step
      """)
    XCTAssertEqual(
      block("  batch norm", after: "phase 2 'rest': 1 epoch, batches of 16", in: text).first,
      "  batch norm 20 of 20 layers use and move batch statistics, 0 use their running statistics "
        + "and leave them alone")
    XCTAssertEqual(
      block("  trained parameters", in: text).joined(separator: "\n"),
      """
        trained parameters
          fc.weight  [4, 512]  2,048
          fc.bias    [4]           4
      """)
  }

  func testLayersStandWithShapesParametersAndWork() throws {
    let layers = block("  layers", in: try report())
    // Four of the stem, seven of each of eight blocks, two of each of three projections, two at the end.
    XCTAssertEqual(layers.count, 1 + 1 + 68)
    // conv1 by hand: 2 x 16 x 16 x 64 x 147 x 16 pictures = 77,070,336.
    XCTAssertEqual(
      (layers.prefix(7) + layers.suffix(2)).joined(separator: "\n"),
      """
        layers, for a batch of 16
          layer                  operation                                  result            \
      parameters           MFLOPs
          conv1                  convolution 7x7 stride=2 padding=3         [16, 64, 16, 16]  \
           9,408  frozen       77
          bn1                    batch_normalization running epsilon=1e-05  [16, 64, 16, 16]  \
             128  frozen        0
          relu                   activation relu                            [16, 64, 16, 16]  \
                                0
          maxpool                max_pooling 3x3 stride=2 padding=1         [16, 64, 8, 8]    \
                                0
          layer1.0.conv1         convolution 3x3 stride=1 padding=1         [16, 64, 8, 8]    \
          36,864  frozen       75
          avgpool                global_average_pooling                     [16, 512]         \
                                0
          fc                     linear bias                                [16, 4]           \
           2,052  trained       0
      """)
  }
}
