import Tensors

/// The ways from a model's forward graph to graphs that are executed. The verifier runs after every pass.
package enum GraphCompiler {
  /// Loss and gradients of what is trained: folded where batch norm is frozen, fused, pruned.
  ///
  /// Folding and fusing come before differentiation, so that gradients are those of the fused operations.
  package static func training(
    _ forward: Graph, labelSmoothing: Float
  ) throws(ShapeError) -> Graph {
    let graph = try verified(forward.foldingFrozenBatchNormalization())
    let fused = try verified(graph.fusingPointWise())
    let differentiated = try verified(fused.differentiated(labelSmoothing: labelSmoothing))
    return try verified(differentiated.pruned())
  }

  /// Logits and, where labels are given, each picture's loss: everything folded.
  package static func evaluation(
    _ forward: Graph, labelSmoothing: Float?
  ) throws(ShapeError) -> Graph {
    let graph = try verified(forward.foldingFrozenBatchNormalization())
    var fused = try verified(graph.fusingPointWise())
    if let labelSmoothing {
      fused = try verified(fused.withLoss(labelSmoothing: labelSmoothing))
    }
    return try verified(fused.pruned())
  }

  private static func verified(_ graph: Graph) throws(ShapeError) -> Graph {
    let mistakes = graph.mistakes()
    precondition(mistakes.isEmpty, "a pass broke the graph: \(mistakes.joined(separator: "; "))")
    return graph
  }
}
