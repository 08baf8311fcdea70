import Diagnostics
import Runs

extension RunDifference {
  /// The most files and predictions that are named; JSON has all.
  static let mostNames = 10

  package func text(width: Int) -> String {
    var parts = [
      "first   \(Table.printable(first.folder.path))\nsecond  \(Table.printable(second.folder.path))"
    ]
    for section in sections where !section.items.isEmpty { parts.append(text(section, width)) }
    for difference in files { parts.append(text(difference, width)) }
    if let stepParting { parts += [text(stepParting, width)] }
    if let parting { parts.append(text(parting, width)) }
    for pairs in pictures where !pairs.flips.isEmpty {
      let words = PicturePairsText(pairs)
      parts.append(
        (["\(pairs.split) predictions"]
          + Wrapped.lines(words.grounds, width: width, indent: 2, hanging: 2)
          + indented(words.flips.text(width: width - 2))
          + more(pairs.flips.count)).joined(separator: "\n"))
    }
    parts += summary(width)
    return parts.joined(separator: "\n\n")
  }

  private func text(_ section: Section, _ width: Int) -> String {
    let isNumeric = section.name == "results"
    let hasOrigins = section.items.contains { !$0.firstOrigin.isEmpty || !$0.secondOrigin.isEmpty }
    var columns = [
      Table.Column(section.name), Table.Column("first", isNumeric: isNumeric),
      Table.Column("second", isNumeric: isNumeric),
    ]
    if hasOrigins {
      columns += [
        Table.Column("from", dropRank: 1), Table.Column("and from", dropRank: 2),
      ]
    }
    var table = Table(columns)
    for item in section.items {
      var row = [item.name, item.first ?? "-", item.second ?? "-"]
      if hasOrigins { row += [item.firstOrigin, item.secondOrigin] }
      table.add(row)
    }
    return table.text(width: width)
  }

  private func text(_ difference: FileDifference, _ width: Int) -> String {
    let counts = [
      (difference.added.count, "added"), (difference.removed.count, "removed"),
      (difference.relabelled.count, "relabelled"), (difference.changed.count, "changed"),
      (difference.moved.count, "from another split"), (difference.renamed.count, "renamed"),
    ].filter { $0.0 > 0 }
    var lines = [
      "\(difference.split) pictures: "
        + counts.map { "\(Numbers.grouped($0.0)) \($0.1)" }.joined(separator: ", ")
    ]
    func add<Element>(_ elements: [Element], _ line: (Element) -> String) {
      lines += elements.prefix(Self.mostNames).map { "  " + line($0) }
      lines += more(elements.count)
    }
    add(difference.added) { "+ \($0)" }
    add(difference.removed) { "- \($0)" }
    add(difference.relabelled) { "\($0.path): \($0.first) became \($0.second)" }
    add(difference.changed) { "\($0): other contents" }
    add(difference.moved) { "\($0.path): was in \($0.from)" }
    add(difference.renamed) { "\($0.second): was \($0.first)" }
    return lines.map(Table.printable).joined(separator: "\n")
  }

  private func text(_ parting: StepParting, _ width: Int) -> String {
    func place(_ step: StepsReader.Step) -> String {
      "step \(step.step) of phase '\(step.phase)', epoch \(step.epoch)"
    }
    let (a, b) = (parting.first, parting.second)
    let before =
      parting.before == 0
      ? ""
      : " (the \(parting.before == 1 ? "step" : Counted.of(parting.before, "step")) before: "
        + "the same to the last digit)"
    let losses = "\(Numbers.short(a.loss)) and \(Numbers.short(b.loss))"
    let text =
      a.isPlace(of: b)
      ? "their losses part at \(place(a))\(before): \(losses)"
      : "their steps part at \(place(a)), which is \(place(b)) in the second\(before): \(losses)"
    return Wrapped.lines(text, width: width, hanging: 2).joined(separator: "\n")
  }

  private func text(_ parting: Parting, _ width: Int) -> String {
    var table = Table([
      Table.Column("epoch \(parting.epoch)"), Table.Column("first", isNumeric: true),
      Table.Column("second", isNumeric: true),
    ])
    for item in parting.items { table.add([item.name, item.first ?? "-", item.second ?? "-"]) }
    let before = parting.epoch == 1 ? "" : ", all before are the same to the last digit"
    let step = parting.step.map { ", whose last step is \($0)" } ?? ""
    return Wrapped.lines(
      "their numbers part in epoch \(parting.epoch)\(step)\(before)", width: width, hanging: 2
    ).joined(separator: "\n") + "\n" + table.text(width: width)
  }

  /// What is the same, and what is not known to be.
  private func summary(_ width: Int) -> [String] {
    var lines: [String] = []
    var same = sections.filter { $0.items.isEmpty && $0.isKnown }.map(\.name)
    if parting == nil, !first.epochs.isEmpty, first.epochs.count == second.epochs.count {
      same.append("every number of every epoch")
    }
    same += pictures.filter { $0.flips.isEmpty && $0.notShared == 0 }.map {
      "which \($0.split) pictures are right"
    }
    if case .same(let own, let others) = steps, own == others, own > 0 {
      same.append("the loss of every step")
    }
    if !same.isEmpty { lines.append("the same: \(same.joined(separator: ", "))") }
    let unknown = sections.filter { !$0.isKnown && $0.doubt == nil }.map(\.name)
    if !unknown.isEmpty {
      lines.append("not known, since a folder lacks it: \(unknown.joined(separator: ", "))")
    }
    for section in sections {
      guard let doubt = section.doubt else { continue }
      lines.append("whether the \(section.name) is the same is not known: \(doubt)")
    }
    if parting == nil, first.epochs.count != second.epochs.count, !first.epochs.isEmpty,
      !second.epochs.isEmpty
    {
      lines.append(
        "the numbers are the same as far as both went: \(first.epochs.count) and "
          + "\(Counted.of(second.epochs.count, "epoch"))")
    }
    if case .same(let own, let others) = steps, own != others {
      lines.append(
        "the losses are the same as far as both went: \(Numbers.grouped(own)) and "
          + Counted.of(others, "step"))
    }
    // Where neither run has them, as before there were any, nothing was to be expected.
    if case .unknown(let problems) = steps, problems.count == 1 {
      lines.append("the losses of steps are not known: \(problems[0])")
    }
    let isDataOther = sections.contains { $0.name == "data" && !$0.items.isEmpty }
    if isDataOther, !areFilesComplete {
      lines.append(
        "which \(files.isEmpty ? "" : "other ")pictures differ is not known: "
          + "a run has no 'data.csv'")
    }
    guard !lines.isEmpty else { return [] }
    return [lines.flatMap { Wrapped.lines($0, width: width, hanging: 2) }.joined(separator: "\n")]
  }

  private func more(_ count: Int) -> [String] {
    count > Self.mostNames ? ["  and \(count - Self.mostNames) more: --format json has all"] : []
  }

  private func indented(_ text: String) -> [String] {
    text.split(separator: "\n").map { "  " + $0 }
  }
}
