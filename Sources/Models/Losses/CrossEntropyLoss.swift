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
    mirrors: "torch.nn.CrossEntropyLoss", source: "arXiv:1512.00567, section 7")

  package let labelSmoothing: Double

  package init(_ values: Values) { labelSmoothing = values[Self.labelSmoothing] }
}
