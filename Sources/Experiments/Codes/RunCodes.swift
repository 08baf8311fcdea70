import Diagnostics

/// What can go wrong when an experiment is run, or a run is used. No experiment file shows it.
enum RunCodes {
  static let pages: [CodePage] = [
    CodePage(
      "unusable-weights", "The weights cannot be loaded into the network",
      text: """
        The file is missing or damaged, belongs to another backbone, or lacks tensors. A partial load is never \
        accepted in silence: only the head may differ, and only in its number of classes. The message names the \
        file and the first tensor that does not fit.

        Files of `torch.save` are read without executing anything: tensors and plain containers are built, and a \
        file that asks for more is refused by the name of what it asks for. In PyTorch, save the state dict alone: \
        `torch.save(model.state_dict(), "weights.pth")`. Weights by name, such as `IMAGENET1K_V1`, are files that \
        `xrun fetch` puts where they are found; their checksum is held against their name each time.
        """),
    CodePage(
      "failed-download", "Published weights could not be fetched",
      text: """
        `xrun fetch` needs the program `curl` and a way to the server. The message says which file belongs where: \
        one that came by other means is checked and used as well. `XRUN_MIRROR` names the folder of another server, \
        such as `http://mirror/weights`, that has files of the same names. What came in part stays as `.part`, and \
        the next attempt goes on from there.
        """),
    CodePage(
      "unusable-run", "A run folder cannot be used for this",
      text: """
        A run needs `run.json`, `resolved.yaml` and a checkpoint. A run that was stopped in its first epoch may have \
        no best weights yet: try `--weights last` where the command has it.
        """),
    CodePage(
      "missing-run", "There is no run at this path",
      text: "Name a run folder, or a folder of run folders. `xrun ls` lists those in `runs/`."),
    CodePage(
      "unknown-field", "Runs have no metric or setting of this name",
      text: """
        `xrun compare` knows the metrics that the runs have (`val/acc1`, `test/loss` …), `n`, `name`, `epochs`, \
        `time`, `images/s` and `memory`, and settings by their path as in `resolved.yaml`. Positions in lists and \
        names of components may be left out, and so may the beginning: `optimizer.lr`, `lr`. Where a name then \
        fits two settings of one experiment, more of the path must be written. Rows are grouped by settings alone.
        """),
    CodePage(
      "bad-filter", "A filter of rows cannot be read",
      text: """
        Conditions are a name, one of `<`, `<=`, `>`, `>=`, `==` and `!=`, and a number or a word, joined by `and`, \
        `or`, `not` and parentheses: `xrun compare --filter 'val/acc1 > 0.6 and optimizer.lr < 0.01'`. Put the whole \
        in single quotes, or the shell takes `<` and `>` for itself. What has spaces in it is quoted inside: \
        `name == "my run"`. A metric is the mean over the seeds of a row.
        """),
    CodePage(
      "gate-failed", "A run does not meet a gate",
      text: """
        The run is complete and its folder is as it would be without gates, but the exit code is 1. The message has the \
        metric, the value and what it must be, and stands at the gate's line, or at the argument `--gate`. `xrun \
        compare RUN --gate …` checks another limit without computing anything again.
        """),
    CodePage(
      "gate-inconclusive", .warning, "The pictures are too few to decide a gate",
      text: """
        With `confidence`, a gate passes or fails only where chance over pictures could hardly have done it. In between \
        it is inconclusive, which does not fail unless the gate says `inconclusive: fail`. More pictures decide; a lower \
        confidence decides sooner, and wrongly more often.
        """),
    CodePage(
      "gate-not-checked", .warning, "A gate could not be checked",
      text: """
        The run did not end, or what the gate is about cannot be read. That is no failed gate: after training the exit \
        code is that of what ended the run; `compare` and `eval` give 2, because what was not checked did not pass.
        """),
    CodePage(
      "unknown-name", "There is nothing of this name to explain",
      text: "`xrun explain` without a name lists all components, keys and codes."),
    CodePage(
      "no-batches", "An epoch has no batch",
      text: """
        There are fewer training pictures than `train.batch_size`, and `drop_last: true` leaves out the only, \
        incomplete batch. Lower the batch size, or set `drop_last: false`.
        """),
    CodePage(
      "unreadable-picture", "A picture that was there at the start cannot be read while training",
      text: "Something changed the data while the run was going. Put the file back, and run again."),
    CodePage(
      "diverged", "The loss or a gradient is no longer a finite number",
      text: """
        From there on nothing can be learned, so the run ends with exit code 4; the weights of the best epoch are \
        kept. The learning rate is too high by far most often. Lower it, start with `LinearLR` as a warm-up, or set \
        `train.clip_grad_norm: 1.0`.
        """),
    CodePage(
      "stopped", "A signal ended the run",
      text: "The run folder keeps the weights so far, and the exit code is 75."),
    CodePage(
      "frozen-moved", "Parameters that were frozen have changed",
      text: """
        After each phase all frozen tensors are compared with what they were. That they differ is a bug in xrun; \
        the run's `freeze.json` names them. Please report it.
        """),
    CodePage(
      "machine-failure", "The machine failed: disk, memory or a library",
      text: """
        The experiment is not at fault, and the exit code is 3. The message has the operation, the path and the \
        system's reason. For memory, lower `train.batch_size`.
        """),
    CodePage(
      "not-installed", "The schema could not be set up for an editor",
      text: """
        `xrun schema --install` merges into `.vscode/settings.json`, and leaves alone what it cannot merge: comments, \
        or a file that is no JSON. The help line says what to add by hand.
        """),
    CodePage(
      "provider-unavailable", "The compute library that was asked for cannot be used here",
      text:
        "`xrun doctor` says what was looked for and why it cannot be used; without `--provider` the best is taken."
    ),
  ]
}
