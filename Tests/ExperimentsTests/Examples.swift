import Declarations
import Diagnostics
import Experiments

/// Experiments that tests start from.
enum Examples {
  /// The two-phase flower experiment of the design, to the letter.
  static let flowers = """
    name: flowers-two-phase
    seed: 0

    data:
      folder: ../data/flowers102        # relative to this file; train/, val/ and, where there is one, test/
      class_names: cat_to_name.json     # relative to the folder

    transforms:
      train:
        - Resize: [96, 96]
        - RandomRotation: 45
        - CenterCrop: 64
        - RandomHorizontalFlip            # p: 0.5, as in torchvision
        - RandomVerticalFlip: {p: 0.5}
        - ColorJitter: {brightness: 0.2, contrast: 0.1, saturation: 0.1, hue: 0.1}
        - RandomGrayscale: {p: 0.025}
        - ToTensor
        - Normalize: imagenet
      eval:
        - Resize: [96, 96]
        - CenterCrop: 64
        - ToTensor
        - Normalize: imagenet

    model:
      backbone: resnet18
      weights: IMAGENET1K_V1             # none | builtin | a torchvision name | a file | runs/<run>[/best|last]
      head: linear                       # made for the classes of the data

    loss: {CrossEntropyLoss: {label_smoothing: 0.1}}

    train: {batch_size: 128, clip_grad_norm: null, monitor: val/acc1}

    phases:
      - name: head
        freeze: {all_but: head, bn: eval}
        optimizer: {Adam: {lr: 1e-2}}
        scheduler: {StepLR: {step_size: 10, gamma: 0.1}}
        epochs: 20
      - name: all
        start_from: best                 # of the phase before
        freeze: none
        optimizer: {Adam: {lr: 1e-3}}
        scheduler: {StepLR: {step_size: 7, gamma: 0.1}}
        epochs: 10
        early_stopping: {patience: 5}

    """

  /// The blocks of a small valid experiment, in order.
  static let blocks: [(name: String, text: String)] = [
    ("name", "name: small"),
    ("data", "data: {builtin: petals}"),
    (
      "transforms",
      """
      transforms:
        train:
          - Resize: [64, 64]
          - ToTensor
        eval:
          - Resize: [64, 64]
          - ToTensor
      """
    ),
    ("model", "model: {backbone: resnet18, weights: builtin}"),
    ("optimizer", "optimizer: {Adam: {lr: 1e-2}}"),
    ("epochs", "epochs: 3"),
  ]

  /// The small experiment with one block replaced, or a block added at the end.
  static func small(_ block: String = "", _ text: String = "") -> String {
    var lines = blocks.map { $0.name == block ? text : $0.text }
    if !blocks.contains(where: { $0.name == block }) { lines.append(text) }
    return lines.joined(separator: "\n") + "\n"
  }

  static func load(
    _ text: String, overrides: [String] = [], checksFiles: Bool = false
  ) -> (experiment: Experiment?, diagnostics: [Diagnostic]) {
    ExperimentLoader.load(
      SourceText(name: "experiment.yaml", text: text), in: "/nowhere", overrides: overrides,
      checksFiles: checksFiles)
  }
}
