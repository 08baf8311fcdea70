import Declarations

/// The negative logarithm of the right class's probability, with its mass spread a little where smoothed.
///
/// - Shape: logits `[N, K]` and classes `[N]` to one loss per sample; reported as the mean over samples.
/// - Mirrors: `torch.nn.CrossEntropyLoss`.
/// - Source: Szegedy et al. 2016, arXiv:1512.00567, section 7 (label smoothing).
package struct CrossEntropyLoss: Sendable {
  package static let labelSmoothing = Parameter<Double>(
    "label_smoothing", in: .unit, default: 0, unit: .fraction,
    doc: "part of the target's mass that is spread evenly over all classes")

  package static let declaration = Declaration(
    "CrossEntropyLoss", [labelSmoothing],
    doc: "Cross entropy between the softmax of the logits and the right class",
    mirrors: "torch.nn.CrossEntropyLoss", source: "arXiv:1512.00567, section 7",
    formula: """
      loss = - Σ_k q[k] · log(softmax(z)[k]), the mean over samples
      q[k] = (1 - label_smoothing) · [k is the right class] + label_smoothing / K
      """,
    shape: "logits [N, K] and classes [N] to one number",
    differs:
      "validation losses are smoothed too, as with one criterion for both; there are no 'weight', 'ignore_index' and 'reduction': it is the mean over samples",
    example: "CrossEntropyLoss: {label_smoothing: 0.1}")

  package let labelSmoothing: Double

  package init(_ values: Values) { labelSmoothing = values[Self.labelSmoothing] }
}
