import Models
import Runs

extension RunDifference {
  /// One object; what a run does not have is null.
  package var json: JSON {
    .object([
      "first": .string(first.folder.path), "second": .string(second.folder.path),
      "same": .boolean(isSame),
      "sections": .array(
        sections.map { section in
          .object([
            "name": .string(section.name), "known": .boolean(section.isKnown),
            "items": .array(section.items.map(Self.object)),
          ])
        }),
      "files": .array(
        files.map { files in
          .object([
            "split": .string(files.split), "added": .array(files.added.map(JSON.string)),
            "removed": .array(files.removed.map(JSON.string)),
            "relabelled": .array(
              files.relabelled.map {
                .object([
                  "path": .string($0.path), "first": .string($0.first),
                  "second": .string($0.second),
                ])
              }),
            "changed": .array(files.changed.map(JSON.string)),
            "moved": .array(
              files.moved.map {
                .object(["path": .string($0.path), "from": .string($0.from)])
              }),
            "renamed": .array(
              files.renamed.map {
                .object(["first": .string($0.first), "second": .string($0.second)])
              }),
          ])
        }),
      "files_complete": .boolean(areFilesComplete),
      "step_parting": stepParting.map { parting -> JSON in
        func step(_ step: StepsReader.Step) -> JSON {
          .object([
            "phase": .string(step.phase), "epoch": .integer(step.epoch),
            "step": .integer(step.step), "loss": .number(step.loss),
          ])
        }
        return .object([
          "equal_steps": .integer(parting.before), "first": step(parting.first),
          "second": step(parting.second),
        ])
      } ?? .null,
      "parting": parting.map { parting in
        .object([
          "epoch": .integer(parting.epoch), "step": parting.step.map(JSON.integer) ?? .null,
          "items": .array(parting.items.map(Self.object)),
        ])
      } ?? .null,
      "pictures": .array(pictures.map(\.json)),
    ])
  }

  private static func object(_ item: Item) -> JSON {
    var members = [
      JSON.Member("name", .string(item.name)), JSON.Member("first", .of(item.first)),
      JSON.Member("second", .of(item.second)),
    ]
    if !item.firstOrigin.isEmpty || !item.secondOrigin.isEmpty {
      members += [
        JSON.Member("first_origin", .string(item.firstOrigin)),
        JSON.Member("second_origin", .string(item.secondOrigin)),
      ]
    }
    return .object(members)
  }
}
