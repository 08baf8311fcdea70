import Models
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
      let seconds = run.summary.seconds ?? 0
      table.add([
        run.folder.name, run.state?.rawValue ?? "?", String(run.summary.epochs),
        Numbers.fixed(run.best?.numbers["val/acc1"], 4),
        Numbers.fixed(run.test?.numbers["test/acc1"], 4),
        seconds > 0 ? Numbers.duration(seconds) : "-", run.record?.started ?? "-",
      ])
    }
    return table.text(width: width)
  }

  /// An object for each run; what is not known is null.
  package static func json(_ runs: [RunReader]) -> JSON {
    .array(
      runs.map { run in
        let record = run.record
        let seconds = run.summary.seconds ?? 0
        return .object([
          "run": .string(run.folder.name), "path": .string(run.folder.path),
          "status": .of(run.state?.rawValue), "name": .of(record?.name),
          "seed": record.map { .integer(Int(clamping: $0.seed)) } ?? .null,
          "configuration": .of(record?.configuration), "epochs": .integer(run.summary.epochs),
          "best": run.best.map(JSON.line) ?? .null, "test": run.test.map(JSON.line) ?? .null,
          "seconds": seconds > 0 ? .number(seconds) : .null, "started": .of(record?.started),
          "ended": .of(record?.ended), "error": .of(record?.error),
        ])
      })
  }
}

extension JSON {
  static func of(_ text: String?) -> JSON { text.map(JSON.string) ?? .null }

  /// A line of `metrics.jsonl`, its members by name.
  static func line(_ line: RunLine) -> JSON {
    let words = line.words.map { Member($0.key, .string($0.value)) }
    let numbers = line.numbers.map { name, value in
      // Of a line that somebody else wrote they may be no integers.
      let integer = ["epoch", "step"].contains(name) ? Int(exactly: value) : nil
      return Member(name, integer.map(JSON.integer) ?? .number(value))
    }
    return .object((words + numbers).sorted { $0.name < $1.name })
  }
}
