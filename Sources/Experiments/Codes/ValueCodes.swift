import Diagnostics

/// What can be wrong with one value, or with two that contradict each other.
enum ValueCodes {
  static let pages: [CodePage] = [
    CodePage(
      "wrong-kind", "A value is of another kind than its key takes",
      text: """
        Nothing is converted: a number in quotes is text, `yes` is a word and not true, and `3.0` is no whole \
        number. Where there is one way to write what was probably meant, it stands under the carets.
        """,
      wrong: .init("train", "train: {batch_size: \"64\", shuffle: yes}"),
      right: .init("train", "train: {batch_size: 64, shuffle: true}")),
    CodePage(
      "wrong-count", "A list has too few or too many elements",
      text: "Two elements of a size are height and width, in that order.",
      wrong: .init("optimizer", "optimizer: {Adam: {lr: 1e-3, betas: [0.9]}}"),
      right: .init("optimizer", "optimizer: {Adam: {lr: 1e-3, betas: [0.9, 0.999]}}")),
    CodePage(
      "out-of-range", "A number is outside the range that its key allows",
      text: """
        The message states the range. Ranges are torch's where torch has one; beyond them a value has no meaning, \
        such as a probability over 1.
        """,
      wrong: .init("optimizer", "optimizer: {Adam: {lr: -1e-3}}"),
      right: .init("optimizer", "optimizer: {Adam: {lr: 1e-3}}")),
    CodePage(
      "conflicting-arguments", "Two arguments of an optimizer contradict each other",
      text:
        "torch refuses the same pairs. Each is valid alone, so the message says which other one it needs.",
      wrong: .init("optimizer", "optimizer: {SGD: {lr: 0.1, nesterov: true}}"),
      right: .init("optimizer", "optimizer: {SGD: {lr: 0.1, momentum: 0.9, nesterov: true}}")),
    CodePage(
      "conflicting-keys", "Two keys exclude each other",
      text: """
        Both would say the same thing twice, in different ways. Remove one; both places are shown where both are \
        in the file.
        """,
      wrong: .init("freeze", "freeze: {until: layer2, all_but: head}"),
      right: .init("freeze", "freeze: {until: layer2}")),
    CodePage(
      "transform-order", "A transform stands on the wrong side of ToTensor",
      text: """
        Crops, flips and colours work on pictures; `Normalize` works on the numbers that `ToTensor` makes of them.
        """,
      wrong: .init(
        "transforms",
        """
        transforms:
          train: [Resize: [64, 64], ToTensor, RandomHorizontalFlip]
          eval: [Resize: [64, 64], ToTensor]
        """),
      right: .init(
        "transforms",
        """
        transforms:
          train: [Resize: [64, 64], RandomHorizontalFlip, ToTensor]
          eval: [Resize: [64, 64], ToTensor]
        """)),
    CodePage(
      "no-tensor", "The transforms end with a picture instead of a tensor",
      text:
        "A network reads numbers. Add `ToTensor`, and behind it `Normalize` where the weights expect it.",
      wrong: .init(
        "transforms",
        """
        transforms:
          train: [Resize: [64, 64]]
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
      "size-unknown", "The transforms give pictures whose size depends on the file",
      text: """
        Pictures of one batch must have one size. `Resize: 64` makes the shorter side 64 and leaves the other as it \
        comes; cut it to a square behind, or state both lengths.
        """,
      wrong: .init(
        "transforms",
        """
        transforms:
          train: [Resize: 64, ToTensor]
          eval: [Resize: 64, CenterCrop: 64, ToTensor]
        """),
      right: .init(
        "transforms",
        """
        transforms:
          train: [Resize: 64, CenterCrop: 64, ToTensor]
          eval: [Resize: 64, CenterCrop: 64, ToTensor]
        """)),
    CodePage(
      "shape-mismatch", "A value does not fit the shape that reaches it",
      text: """
        Shapes are followed through the transforms and the network before the first picture is read: one value for \
        each channel, a picture large enough for the backbone, a batch large enough for batch normalisation. The \
        message names both sides.
        """,
      wrong: .init(
        "transforms",
        """
        transforms:
          train: [CenterCrop: 64, ToTensor, Normalize: {mean: [0.5, 0.5], std: [0.5]}]
          eval: [Resize: [64, 64], ToTensor]
        """),
      right: .init(
        "transforms",
        """
        transforms:
          train: [CenterCrop: 64, ToTensor, Normalize: {mean: [0.5], std: [0.5]}]
          eval: [Resize: [64, 64], ToTensor]
        """)),
  ]
}
