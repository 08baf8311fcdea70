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
    try CSVRecords.table(
      bytes, path,
      columns: ["path", "label", "predicted", "label_probability", "predicted_probability"]
    ) { fields in
      guard let own = Double(fields[3]), let best = Double(fields[4]) else { return nil }
      return Row(
        path: fields[0], label: fields[1], predicted: fields[2], labelProbability: own,
        predictedProbability: best)
    }
  }
}
