import Runs

/// What `xrun ls` prints: a row for each run, the oldest first.
package enum RunTable {
  package static func text(_ runs: [RunReader], width: Int) -> String {
    var table = Table([
      Table.Column("run"), Table.Column("status"), Table.Column("epochs", isNumeric: true),
      Table.Column("best val/acc1", isNumeric: true),
      Table.Column("test/acc1", isNumeric: true, dropRank: 2),
      Table.Column("time", isNumeric: true, dropRank: 3),
      Table.Column("started", dropRank: 4),
    ])
    for run in runs {
      let seconds = run.timing.reduce(0.0) {
        $0 + ($1.numbers["train_seconds"] ?? 0) + ($1.numbers["val_seconds"] ?? 0)
      }
      table.add([
        run.folder.name, run.record?.status.rawValue ?? "?", String(run.epochs.count),
        Numbers.fixed(run.best?.numbers["val/acc1"], 4),
        Numbers.fixed(run.test?.numbers["test/acc1"], 4),
        seconds > 0 ? Numbers.duration(seconds) : "-", run.record?.started ?? "-",
      ])
    }
    return table.text(width: width)
  }
}
