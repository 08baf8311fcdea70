/// Reads `predictions/<split>.csv` back (RFC 4180): what the best weights said of each picture.
package enum PredictionsReader {
  /// One row, as far as comparing needs it.
  package struct Row: Sendable, Hashable {
    /// Relative to the data folder.
    package let path: String
    package let label: String
    package let predicted: String
    package let labelProbability: Double
    package let predictedProbability: Double

    package var isCorrect: Bool { label == predicted }

    /// What would be read of a prediction that was written.
    package init(_ prediction: Prediction) {
      let best = prediction.top.first
      self.init(
        path: prediction.path, label: prediction.label, predicted: best?.label ?? "",
        labelProbability: Double(prediction.labelProbability),
        predictedProbability: Double(best?.probability ?? 0))
    }

    init(
      path: String, label: String, predicted: String, labelProbability: Double,
      predictedProbability: Double
    ) {
      self.path = path
      self.label = label
      self.predicted = predicted
      self.labelProbability = labelProbability
      self.predictedProbability = predictedProbability
    }
  }

  package static func read(_ path: String) throws(WholeFile.Problem) -> [Row] {
    try rows(try WholeFile.read(path), path)
  }

  static func rows(_ bytes: [UInt8], _ path: String) throws(WholeFile.Problem) -> [Row] {
    let (records, isTorn) = CSVRecords.read(bytes)
    guard !isTorn else { throw WholeFile.Problem(path, "the last line is torn") }
    guard let header = records.first else {
      throw WholeFile.Problem(path, "is empty")
    }
    var columns: [Int] = []
    for name in ["path", "label", "predicted", "label_probability", "predicted_probability"] {
      guard let column = header.firstIndex(of: name) else {
        throw WholeFile.Problem(path, "has no column '\(name)'")
      }
      columns.append(column)
    }
    var rows: [Row] = []
    rows.reserveCapacity(records.count - 1)
    for (number, record) in records.dropFirst().enumerated() {
      guard record.count == header.count, let own = Double(record[columns[3]]),
        let best = Double(record[columns[4]])
      else { throw WholeFile.Problem(path, "row \(number + 1) is damaged") }
      rows.append(
        Row(
          path: record[columns[0]], label: record[columns[1]], predicted: record[columns[2]],
          labelProbability: own, predictedProbability: best))
    }
    return rows
  }
}
