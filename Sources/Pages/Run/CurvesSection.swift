import Reports
import Runs

/// Loss, accuracy and learning rate by epoch, over all phases.
enum CurvesSection {
  static func section(_ run: RunContents) -> Page.Section {
    let epochs = run.reader.epochs
    guard !epochs.isEmpty else {
      return Page.Section(
        "curves", "Curves", RunContents.missing("metrics.jsonl has no epoch, so there is no curve.")
      )
    }
    let best = run.reader.summary.bestEpoch.map { $0 - 1 }
    let names = phases(epochs)
    func chart(_ title: String, _ series: [LineChart.Series]) -> LineChart {
      LineChart(
        title: title, labels: labels(epochs, names.count),
        ticks: epochs.indices.map { "\($0 + 1)" }, series: series,
        boundaries: names.count > 1 ? names : [], marked: best)
    }
    func values(_ name: String) -> [Double] { epochs.map { $0.numbers[name] ?? .nan } }
    func pair(_ metric: String) -> [LineChart.Series] {
      [
        LineChart.Series(
          name: "train", values: values("train/\(metric)"), isDashed: true, colour: 0),
        LineChart.Series(name: "val", values: values("val/\(metric)"), colour: 1),
      ]
    }
    let loss = chart("Loss", pair("loss"))
    var accuracy = chart("Accuracy (acc1)", pair("acc1"))
    accuracy.bounds = 0...1
    var rate = chart(
      "Learning rate", [LineChart.Series(name: "lr", values: values("lr"), colour: 3)])
    rate.allowsLogarithm = true
    rate.isRate = true
    rate.marked = nil
    let body: HTML = """
      <div class="charts">
      \(loss.html)\(accuracy.html)\(rate.html)</div>
      <p class="muted small">Training numbers are computed while the weights change, with augmentation and dropout; the rate is that at the epoch's beginning.\(best == nil ? "" : " The ring is the best epoch: its weights are kept.")</p>
      <details><summary>All numbers by epoch</summary>
      <div class="scroll">\(table(run, epochs).html)</div></details>
      """
    return Page.Section("curves", "Curves", body)
  }

  /// The phases with the places of their first epochs.
  private static func phases(_ epochs: [RunLine]) -> [(place: Int, name: String)] {
    var found: [(place: Int, name: String)] = []
    for (place, line) in epochs.enumerated() {
      let name = line.words["phase"] ?? ""
      if found.last?.name != name { found.append((place, name)) }
    }
    return found
  }

  private static func labels(_ epochs: [RunLine], _ phases: Int) -> [String] {
    epochs.enumerated().map { place, line in
      let number = line.numbers["epoch"].map { Numbers.fixed($0, 0) } ?? "\(place + 1)"
      return phases > 1 ? "\(line.words["phase"] ?? "") epoch \(number)" : "epoch \(number)"
    }
  }

  private static func table(_ run: RunContents, _ epochs: [RunLine]) -> SortableTable {
    let first = ["epoch", "step", "lr"]
    let known = Set(epochs.flatMap(\.numbers.keys)).subtracting(first)
    let metrics = ["train/", "val/"].flatMap { split in
      known.filter { $0.hasPrefix(split) }.sorted { a, b in
        (order(a), a) < (order(b), b)
      }
    }
    let timing = Dictionary(
      run.reader.timing.map { (key($0), $0) }, uniquingKeysWith: { _, last in last })
    var table = SortableTable(
      columns: [
        SortableTable.Column(title: "phase"),
        SortableTable.Column(title: "epoch", isNumeric: true, order: .ascending),
        SortableTable.Column(title: "step", isNumeric: true),
        SortableTable.Column(title: "lr", isNumeric: true),
      ] + metrics.map { SortableTable.Column(title: $0, isNumeric: true) }
        + [
          SortableTable.Column(title: "seconds", isNumeric: true),
          SortableTable.Column(title: "pictures/s", isNumeric: true),
        ], label: "All numbers by epoch")
    for (place, line) in epochs.enumerated() {
      let rate = line.numbers["lr"]
      let times = timing[key(line)]?.numbers
      let seconds = times?["train_seconds"].map { $0 + (times?["val_seconds"] ?? 0) }
      let own: HTML =
        place + 1 == run.reader.summary.bestEpoch ? " <span class=\"pill\">best</span>" : ""
      table.rows.append(
        [
          SortableTable.Cell(html: "\(line.words["phase"] ?? "")\(own)", style: "keep"),
          SortableTable.Cell(
            html: Value.html(line.numbers["epoch"], 0), key: "\(place + 1)"),
          .number(line.numbers["step"], 0),
          SortableTable.Cell(
            html: rate.map { "<data value=\"\(Numbers.short($0))\">\(Numbers.rate($0))</data>" }
              ?? "–",
            key: rate.map(Numbers.short) ?? ""),
        ] + metrics.map { .number(line.numbers[$0]) }
          + [.number(seconds, 1), .number(times?["train_images_per_second"], 0)])
    }
    return table
  }

  /// Loss, then accuracies.
  private static func order(_ metric: String) -> Int { metric.hasSuffix("loss") ? 0 : 1 }

  private static func key(_ line: RunLine) -> String {
    "\(line.words["phase"] ?? "")/\(line.numbers["epoch"] ?? .nan)"
  }
}
