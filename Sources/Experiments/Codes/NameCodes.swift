import Diagnostics

/// What can be wrong with the names of keys, components and arguments.
enum NameCodes {
  static let pages: [CodePage] = [
    CodePage(
      "unknown-key", "A section has no key of this name",
      text: """
        Nothing in a file is ignored: a misspelt key would leave its default in force, and the run would not be the \
        one that was meant. Where a key is close, it is suggested; the section's keys are listed below.

        `xrun explain` with the section's name, such as `xrun explain train`, says what each key means.
        """,
      wrong: .init("train", "train: {batchsize: 64}"),
      right: .init("train", "train: {batch_size: 64}")),
    CodePage(
      "unknown-parameter", "A component has no argument of this name",
      text: """
        Arguments have torch's and torchvision's names. Some of theirs do not exist here, since they would have no \
        effect; the component's page says which under "Differs from torch".
        """,
      wrong: .init("optimizer", "optimizer: {SGD: {lr: 0.1, momentun: 0.9}}"),
      right: .init("optimizer", "optimizer: {SGD: {lr: 0.1, momentum: 0.9}}")),
    CodePage(
      "unknown-component", "There is no transform, optimizer, scheduler or loss of this name",
      text: """
        Names are torch's and torchvision's, in their spelling. What the language does not know yet is not \
        accepted under another name. `xrun explain` lists all that there are.
        """,
      wrong: .init("optimizer", "optimizer: {AdamWW: {lr: 1e-3}}"),
      right: .init("optimizer", "optimizer: {AdamW: {lr: 1e-3}}")),
    CodePage(
      "unknown-backbone", "There is no backbone of this name",
      text: "Names are torchvision's and timm's, without a prefix. `xrun explain` lists them.",
      wrong: .init("model", "model: {backbone: resnet-18, weights: builtin}"),
      right: .init("model", "model: {backbone: resnet18, weights: builtin}")),
    CodePage(
      "unknown-choice", "A word is none of the few that are allowed",
      text: "The message lists the words; case and spelling count.",
      wrong: .init("train", "train: {monitor: val/accuracy}"),
      right: .init("train", "train: {monitor: val/acc1}")),
    CodePage(
      "unknown-weights", "The weights are none of the forms that can be named",
      text: """
        `model.weights` is `none`, `builtin`, a torchvision name such as `IMAGENET1K_V1` in capitals, a file that \
        ends in `.safetensors`, `.pth`, `.pt`, `.bin`, `.pth.tar` or `.ckpt`, or a run folder, which has a slash in \
        it. Weights of other programs (ONNX, TensorFlow, NumPy) are loaded in PyTorch and saved as a state dict.
        """,
      wrong: .init("model", "model: {backbone: resnet18, weights: imagenet}"),
      right: .init("model", "model: {backbone: resnet18, weights: IMAGENET1K_V1}")),
    CodePage(
      "unknown-builtin", "There is no embedded set of pictures of this name",
      text:
        "`data.builtin` is checked with the file, so this is seen only where a program builds an experiment."
    ),
    CodePage(
      "missing-key", "A section lacks a key that it needs",
      text: """
        Only what has a sensible default may be left out. The message says what the key is for. A key that the \
        file extended brings need not be repeated; `key: null` removes one that it brings.
        """,
      wrong: .init("model", "model: {weights: builtin}"),
      right: .init("model", "model: {backbone: resnet18, weights: builtin}")),
    CodePage(
      "missing-parameter", "A component lacks an argument that it needs",
      text: "torch has no default for it either, so there is none to fall back on.",
      wrong: .init("scheduler", "scheduler: {StepLR: {gamma: 0.1}}"),
      right: .init("scheduler", "scheduler: {StepLR: {step_size: 7, gamma: 0.1}}")),
    CodePage(
      "several-names", "A component is given two names",
      text: """
        A component is a name, or one name with its arguments below it. The commonest slip is an argument that \
        stands in line with the name instead of below it.
        """,
      wrong: .init(
        "optimizer",
        """
        optimizer:
          SGD:
          lr: 0.1
        """),
      right: .init(
        "optimizer",
        """
        optimizer:
          SGD:
            lr: 0.1
        """)),
    CodePage(
      "unexpected-argument", "A component that takes no arguments is given one",
      text: "Write only its name.",
      wrong: .init(
        "transforms",
        """
        transforms:
          train: [Resize: [64, 64], ToTensor: 255]
          eval: [Resize: [64, 64], ToTensor]
        """),
      right: .init(
        "transforms",
        """
        transforms:
          train: [Resize: [64, 64], ToTensor]
          eval: [Resize: [64, 64], ToTensor]
        """)),
    CodePage(
      "not-yet", "The language keeps a place for this, but it does not work yet",
      text: """
        The name is settled, so that files written today keep their meaning; using it is refused until it does what \
        it says.
        """,
      wrong: .init("seeds", "seeds: 5"),
      right: .init("seed", "seed: 5")),
    CodePage(
      "bad-name", "A name cannot become a part of a folder's name",
      text: """
        Run folders are called after the experiment, and metrics after phases. A name has letters, digits, `-`, \
        `_`, `.` and `+`, at most 100 bytes, and does not start with `.` or `-`.
        """,
      wrong: .init("name", "name: flowers/first try"),
      right: .init("name", "name: flowers-first-try")),
    CodePage(
      "duplicate-name", "Two phases have the same name",
      text: "Overrides and metrics tell phases apart by their names.",
      wrong: .init(
        "epochs",
        """
        phases:
          - {name: head, epochs: 2}
          - {name: head, epochs: 3}
        """),
      right: .init(
        "epochs",
        """
        phases:
          - {name: head, epochs: 2}
          - {name: all, epochs: 3}
        """)),
  ]
}
