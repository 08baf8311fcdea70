import Loading
import Models
import Transforms

/// What people read about cached pictures.
package enum CacheText {
  /// What a run has of the cache: `1,020 of 1,020 pictures, 16 MiB`, then what cannot be used.
  package static func lines(_ report: PictureCache.Report) -> [String] {
    let new =
      report.added == 0
      ? "" : report.added == report.cached ? ", all new" : ", \(Numbers.grouped(report.added)) new"
    let first =
      "\(Numbers.grouped(report.cached)) of \(Numbers.grouped(report.pictures)) pictures\(new), "
      + Numbers.bytes(report.bytes)
    return [first] + report.problems
  }

  /// A row for each pipeline; `now` in seconds since 1970.
  package static func table(
    _ programs: [PictureStore.Contents], now: Double, width: Int
  ) -> String {
    var table = Table([
      Table.Column("pictures", isNumeric: true), Table.Column("size", isNumeric: true),
      Table.Column("packs", isNumeric: true, dropRank: 2),
      Table.Column("last use", isNumeric: true, dropRank: 1), Table.Column("pipeline"),
    ])
    for program in programs {
      table.add([
        Numbers.grouped(program.pictures), Numbers.bytes(program.bytes), String(program.packs),
        age(now - program.lastUse), PrefixProgram.summary(of: program.text),
      ])
    }
    return table.text(width: width)
  }

  private static func age(_ seconds: Double) -> String {
    seconds < 86_400 ? Numbers.duration(max(0, seconds)) : "\(Int(seconds / 86_400)) d"
  }

  package static func json(
    _ programs: [PictureStore.Contents], problems: [String], store: PictureStore
  ) -> JSON {
    .object([
      "folder": .string(store.folder), "limit": .integer(store.limit),
      "bytes": .integer(programs.reduce(0) { $0 + $1.bytes }),
      "pipelines": .array(
        programs.map { program in
          .object([
            "key": .string(program.key), "program": .string(program.text),
            "pictures": .integer(program.pictures), "packs": .integer(program.packs),
            "bytes": .integer(program.bytes), "last_use": .integer(Int(program.lastUse)),
          ])
        }), "problems": .array(problems.map(JSON.string)),
    ])
  }
}
