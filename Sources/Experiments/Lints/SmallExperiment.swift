import Diagnostics

/// A small experiment that is right and gives no warning: what examples of one key are put into.
package enum SmallExperiment {
  /// Top-level keys with their texts, in order.
  package static let blocks: [(key: String, yaml: String)] = [
    ("name", "name: example"),
    ("data", "data: {builtin: petals}"),
    (
      "transforms",
      """
      transforms:
        train: [Resize: [64, 64], RandomHorizontalFlip, ToTensor, Normalize: imagenet]
        eval: [Resize: [64, 64], ToTensor, Normalize: imagenet]
      """
    ),
    ("model", "model: {backbone: resnet18, weights: builtin}"),
    ("optimizer", "optimizer: {Adam: {lr: 1e-4}}"),
    ("epochs", "epochs: 5"),
  ]

  /// The experiment with an example in its place: a key of it, one more key, or the whole file.
  package static func text(with example: CodePage.Example) -> String {
    guard let key = example.key else { return example.yaml + "\n" }
    var lines = blocks.map { $0.key == key ? example.yaml : $0.yaml }
    if !blocks.contains(where: { $0.key == key }) { lines.append(example.yaml) }
    return lines.joined(separator: "\n") + "\n"
  }
}
