import Graphs
import Tensors
import XCTest

final class PassTests: XCTestCase {
  func testEvaluationFoldsEveryBatchNormAndFusesEverySumAndActivation() throws {
    let graph = try GraphCompiler.evaluation(smallNetwork(.evaluation), labelSmoothing: nil)
    XCTAssertEqual(
      operationNames(graph).filter { $0 != "folded_weights" && $0 != "folded_bias" },
      [
        "convolution", "max_pooling", "convolution", "convolution", "convolution", "convolution",
        "global_average_pooling", "linear",
      ])
    XCTAssertEqual(operationNames(graph).filter { $0 == "folded_weights" }.count, 5)
    let residual = graph.nodes.compactMap { $0.operation as? Convolution }.filter(\.hasResidual)
    XCTAssertEqual(residual.count, 2)
    XCTAssertTrue(residual.allSatisfy { $0.activation == .relu })
    // All that the foldings read are parameters and states.
    let fixed = zip(graph.nodes, graph.isParameterOnly()).filter(\.1).map { $0.0 }
    XCTAssertEqual(fixed.count, 10)
  }

  func testTrainingEverythingKeepsBatchStatisticsAndGivesEveryGradient() throws {
    let mode = BuildMode(isTraining: true) { _ in true }
    let graph = try GraphCompiler.training(smallNetwork(mode), labelSmoothing: 0)
    let norms = graph.nodes.compactMap { $0.operation as? BatchNormalization }
    XCTAssertEqual(norms.count, 5)
    XCTAssertTrue(norms.allSatisfy { $0.statistics == .batch && $0.activation == .relu })
    XCTAssertEqual(norms.filter(\.hasResidual).count, 2)
    XCTAssertEqual(
      Set(graph.outputs.keys),
      Set(graph.parameters.map { "gradient/" + graph[$0].name } + ["logits", "loss"]))
    // The pictures need no gradient.
    XCTAssertFalse(graph.nodes.contains { $0.name == "conv1.grad_input" })
  }

  func testHeadOnlyComputesNoGradientBelowTheHead() throws {
    let mode = BuildMode(isTraining: true) { $0.hasPrefix("fc.") }
    let graph = try GraphCompiler.training(smallNetwork(mode), labelSmoothing: 0.1)
    XCTAssertEqual(
      Set(graph.outputs.keys), ["logits", "loss", "gradient/fc.weight", "gradient/fc.bias"])
    XCTAssertEqual(
      operationNames(graph).filter { $0.contains("grad") }, ["linear_grad_weights"])
    XCTAssertFalse(operationNames(graph).contains("batch_normalization"))
  }

  func testFrozenBatchNormInTrainModeUpdatesItsStatisticsWithoutGradients() throws {
    let mode = BuildMode(isTraining: true, frozenBatchNormUsesRunningStatistics: false) {
      $0.hasPrefix("fc.")
    }
    let graph = try GraphCompiler.training(smallNetwork(mode), labelSmoothing: 0)
    let norms = graph.nodes.filter { $0.operation is BatchNormalization }
    XCTAssertEqual(norms.count, 5)
    // Nobody reads the batch's mean and spread.
    XCTAssertTrue(norms.allSatisfy { $0.outputs[1] == nil && $0.outputs[2] == nil })
    XCTAssertEqual(
      operationNames(graph).filter { $0.contains("grad") }, ["linear_grad_weights"])
  }

  func testPartialFreezeStopsAtTheLowestTrainedLayer() throws {
    let mode = BuildMode(isTraining: true) { $0.hasPrefix("layer2.") || $0.hasPrefix("fc.") }
    let graph = try GraphCompiler.training(smallNetwork(mode), labelSmoothing: 0)
    XCTAssertFalse(
      graph.nodes.contains { $0.name.hasPrefix("layer1.") && $0.name.contains("grad") })
    XCTAssertNotNil(graph.outputs["gradient/layer2.conv1.weight"])
    XCTAssertNil(graph.outputs["gradient/layer1.conv2.weight"])
    // layer1 is folded, layer2 is not.
    XCTAssertEqual(graph.nodes.filter { $0.operation is BatchNormalization }.count, 2)
  }

  func testGradientThroughAFrozenFoldedLayerIsComputed() throws {
    let mode = BuildMode(isTraining: true) { $0.hasPrefix("layer1.") }
    let graph = try GraphCompiler.training(smallNetwork(mode), labelSmoothing: 0)
    XCTAssertNotNil(graph.outputs["gradient/layer1.conv1.weight"])
    XCTAssertNil(graph.outputs["gradient/fc.weight"])
    XCTAssertTrue(graph.nodes.contains { $0.name == "layer2.conv1.grad_input" })
    XCTAssertFalse(graph.nodes.contains { $0.name == "layer2.conv1.grad_weights" })
  }

  func testVerifierSeesWhatIsBroken() throws {
    var graph = try smallNetwork(.evaluation)
    XCTAssertEqual(graph.mistakes(), [])
    graph.nodes.swapAt(1, 2)
    XCTAssertTrue(graph.mistakes().contains { $0.contains("before it is made") })

    graph = try smallNetwork(.evaluation)
    graph[graph.nodes[0].outputs[0]!].shape = [4, 8, 7, 8]
    XCTAssertTrue(graph.mistakes().contains { $0.contains("stated as") })
  }

  func testShapeErrorsNameTheLayerAndWhatToDo() {
    var builder = GraphBuilder(.evaluation)
    let x = builder.input("pictures", [1, 3, 2, 2])
    XCTAssertThrowsError(
      try builder.convolution(x, "conv1", channels: 4, kernel: 7) as ValueID
    ) { error in
      let error = error as? ShapeError
      XCTAssertEqual(error?.place, "conv1")
      XCTAssertEqual(error?.help, "use larger pictures")
    }
  }
}
