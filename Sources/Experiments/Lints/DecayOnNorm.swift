import Diagnostics

/// Weight decay that also pulls batch norm's scales and all shifts towards zero.
enum DecayOnNorm: Lint {
  static let page = CodePage(
    "decay-on-norm", .note, "weight decay also shrinks batch-norm scales and biases",
    text: """
      As torch's optimizers do with one group of parameters, `weight_decay` applies to every \
      trained parameter. For batch-norm scales and biases it regularises nothing and costs a \
      little accuracy (He et al. 2018, arXiv:1812.01187, section 3.1). Up to AdamW's default of 0.01 \
      nothing is said.
      """,
    wrong: .init("optimizer", "optimizer: {SGD: {lr: 0.01, momentum: 0.9, weight_decay: 0.05}}"),
    right: .init("optimizer", "optimizer: {SGD: {lr: 0.01, momentum: 0.9, weight_decay: 1e-4}}"))

  /// Where the default of AdamW lies, decay is the user's wish, not an accident.
  private static let limit = 1e-2

  static func check(_ subject: LintSubject) -> [Diagnostic] {
    subject.plan.phases.compactMap { phase in
      guard let decay = phase.phase.optimizer.values.entries["weight_decay"]?.double,
        decay > limit,
        case .written(let span)? = phase.phase.optimizer.values.origins["weight_decay"]
      else { return nil }
      let norms = phase.network.tensors.filter {
        $0.kind == .runningMean && phase.trained.contains($0.layer + ".weight")
      }
      guard !norms.isEmpty else { return nil }
      return finding(
        "a decay of \(decay) also shrinks the scales and shifts of \(norms.count) batch-norm layers",
        at: span, help: "use 0.01 or less, or allow it where it is meant")
    }
  }
}
