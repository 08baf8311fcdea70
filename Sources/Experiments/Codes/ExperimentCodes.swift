import Diagnostics

/// What can be wrong between the parts of an experiment, with its files, and with arguments.
enum ExperimentCodes {
  static let pages: [CodePage] = [
    CodePage(
      "bad-override", "An argument key=value cannot be laid over the file",
      text: """
        Overrides name any key of the language: `optimizer.lr=3e-4`, `phases.head.epochs=5`, \
        `phases[1].optimizer.lr=1e-4`. A component's name may be left out of the path. The value is YAML, so quote \
        it in the shell where it has spaces or braces.

        The place is a column of the argument.
        """,
      wrong: .init("epochs", "epochs: 5", overrides: ["transforms.train.RandomVerticalFlip.p=0.3"]),
      right: .init(
        "epochs", "epochs: 5", overrides: ["transforms.train.RandomHorizontalFlip.p=0.3"])),
    CodePage(
      "missing-variable", "The environment lacks a variable that the experiment asks for",
      text: """
        `${env:NAME}` stands for a variable of the environment, and without it there is no value. Set the variable, \
        or write what to take in its absence: `${env:NAME,default}`.
        """,
      wrong: .init("runs", "runs: \"${env:RUNS}\""),
      right: .init("runs", "runs: \"${env:RUNS,../runs}\"")),
    CodePage(
      "bad-interpolation", "Something else than a variable's name stands in ${env:…}",
      text: """
        The form is `${env:NAME}` or `${env:NAME,default}`; names have letters, digits and `_`. Nothing else is \
        looked up.
        """,
      wrong: .init("notes", "notes: \"pictures of ${env:MY-FLOWERS}\""),
      right: .init("notes", "notes: \"pictures of ${env:MY_FLOWERS,nobody}\"")),
    CodePage(
      "unknown-code", "A comment allows a warning that does not exist",
      text: """
        `# xrun: allow CODE` silences a warning on its line, so a misspelt code would silence nothing. Errors cannot \
        be allowed. `xrun explain codes` lists all codes.
        """,
      wrong: .init("train", "train: {monitor: train/acc1}  # xrun: allow monitor-on-trian"),
      right: .init("train", "train: {monitor: train/acc1}  # xrun: allow monitor-on-train")),
    CodePage(
      "bad-freeze-selector", "A freeze policy names no parameter of the network",
      text: """
        A selector that matches nothing would train what was meant to be frozen, and no loss would tell. `until` \
        names a layer, such as `layer3`; `only` and `all_but` take globs over parameter names, such as \
        `layer3.*`. The head is never frozen. `xrun explain` with the backbone's name lists its layers.
        """,
      wrong: .init("freeze", "freeze: {until: layer5}"),
      right: .init("freeze", "freeze: {until: layer3}")),
    CodePage(
      "bad-gate", "A gate cannot be read, or asks for what cannot be checked",
      text: """
        A gate is a text of a metric, one of `>=`, `>`, `<=` and `<`, and a number, or a mapping with `metric` and one \
        of `at_least`, `at_most` and `max_drop`. Accuracies are shares: 0.85, not 85. `max_drop` counts pictures that \
        are right, so it is about `val/acc1` or `test/acc1`; `confidence` is known of shares of pictures alone. In the \
        shell, put a gate in single quotes, or `<` and `>` are taken for files.
        """,
      wrong: .init("gates", "gates: [test/acc1 => 0.85]"),
      right: .init("gates", "gates: [test/acc1 >= 0.85]")),
    CodePage(
      "no-test-split", "A gate is about the test split, and there is none",
      text: """
        It would be found only after the last epoch, so it is said before the first. Add a folder of test pictures, or \
        gate on `val/*`, knowing that the best epoch was chosen by those pictures.
        """,
      wrong: .init(
        "data", "data: {builtin: petals, splits: {test: null}}\ngates: [test/acc1 >= 0.5]"),
      right: .init("data", "data: {builtin: petals}\ngates: [test/acc1 >= 0.5]")),
    CodePage(
      "nothing-before", "The first phase cannot start from the phase before",
      text:
        "`start_from` takes the weights of an earlier phase. Those of another run go into `model.weights`.",
      wrong: .init(
        "epochs",
        """
        phases:
          - {name: head, start_from: best, epochs: 2}
        """),
      right: .init(
        "epochs",
        """
        phases:
          - {name: head, epochs: 2}
          - {name: all, start_from: best, epochs: 3}
        """)),
    CodePage(
      "extends-cycle", "A file extends itself, directly or through others",
      text:
        "The message shows the way round. Put what both files need into a third, which both extend.",
      wrong: .init("extends", "extends: experiment.yaml")),
    CodePage(
      "too-many-files", "An experiment is made of too many files",
      text: "`extends` may bring in 64 files in all."),
    CodePage(
      "missing-file", "A file that the experiment names cannot be read",
      text: """
        Paths in a file are relative to that file, those of `data.class_names` to the data's folder. The message has \
        the absolute path that was tried and the system's reason.
        """,
      wrong: .init("extends", "extends: base.yaml")),
    CodePage(
      "missing-folder", "A folder that the experiment names is not there",
      text: """
        Paths are relative to the experiment's file, not to where xrun was started. The message has the absolute \
        path. Below `data.folder` there must be a folder for each split, `train` and `val` where `data.splits` does \
        not name others, and in each a folder for each class.
        """,
      wrong: .init("data", "data: {folder: ../data/flowers102}")),
  ]
}
