import Diagnostics

/// Frozen batch-norm layers that go by their batch and move their statistics.
enum BatchStatsOfFrozenLayers: Lint {
  static let page = CodePage(
    "bn-batch-stats-frozen", .warning,
    "frozen batch-norm layers use batch statistics and move their running ones",
    text: """
      `bn: train` is what PyTorch's `model.train()` does to a frozen backbone: its weights stand \
      still, but every batch-norm layer normalises by the batch at hand and drags its running \
      statistics towards the new data. What is evaluated is then another network than the one that \
      was trained, and the backbone is not frozen. On 102 classes of flowers with \
      EfficientNet-Lite0, `bn: eval` took validation accuracy from .20 to .48.

      Leave it where you mean to adapt the statistics to other pictures, and know that accuracy in \
      training and validation then measure different networks.
      """,
    wrong: .init("freeze", "freeze: {all_but: head, bn: train}"),
    right: .init("freeze", "freeze: {all_but: head, bn: eval}"))

  static func check(_ subject: LintSubject) -> [Diagnostic] {
    subject.plan.phases.compactMap { phase in
      guard phase.phase.freeze.batchNorm == .train else { return nil }
      let layers = phase.network.tensors.filter { $0.kind == .runningMean }.map(\.layer)
      let frozen = layers.filter { !phase.trained.contains($0 + ".weight") }
      guard let first = frozen.first else { return nil }
      return finding(
        "\(frozen.count) frozen batch-norm layers, such as '\(first)', use batch statistics and "
          + "move their running ones", at: phase.phase.places.span(of: "freeze.bn"),
        help: "write 'bn: eval', or leave 'bn' out")
    }
  }
}
