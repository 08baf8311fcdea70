import Tensors

/// What a network says of one picture. Classes by folder name.
package struct Prediction: Sendable {
  /// Relative to the data folder.
  package var path: String
  package var label: String
  /// The most likely classes with their probabilities, the likeliest first; up to five.
  package var top: [(label: String, probability: Float)]
  /// Of the picture's own class.
  package var labelProbability: Float

  package init(
    path: String, label: String, top: [(label: String, probability: Float)],
    labelProbability: Float
  ) {
    self.path = path
    self.label = label
    self.top = top
    self.labelProbability = labelProbability
  }
}

/// Writes `predictions/<split>.csv` (RFC 4180): one row for each picture, in the order of the split.
package enum PredictionsWriter {
  package static func write(
    _ predictions: [Prediction], to folder: RunFolder, split: String
  ) throws(FileError) {
    try RunFolder.makeFolders(folder.path + "/predictions")
    try write(predictions, to: folder.predictions(split))
  }

  /// Writes them to a file of any name, whole.
  package static func write(_ predictions: [Prediction], to path: String) throws(FileError) {
    try AtomicFile.write(path: path, text: text(predictions))
  }

  static func text(_ predictions: [Prediction]) -> String {
    let ranks = predictions.map(\.top.count).max() ?? 0
    var header = ["path", "label", "predicted", "label_probability", "predicted_probability"]
    for rank in 1...max(1, ranks) { header += ["top\(rank)", "top\(rank)_probability"] }
    var text = header.joined(separator: ",") + "\n"
    for prediction in predictions {
      let best = prediction.top.first
      var fields = [
        field(prediction.path), field(prediction.label), field(best?.label ?? ""),
        "\(prediction.labelProbability)", "\(best?.probability ?? 0)",
      ]
      for entry in prediction.top { fields += [field(entry.label), "\(entry.probability)"] }
      text += fields.joined(separator: ",") + "\n"
    }
    return text
  }

  /// Quoted where it holds a comma, a quote or a line break.
  package static func field(_ text: String) -> String {
    guard text.utf8.contains(where: { [0x2C, 0x22, 0x0A, 0x0D].contains($0) }) else { return text }
    return "\"" + text.replacing("\"", with: "\"\"") + "\""
  }
}
