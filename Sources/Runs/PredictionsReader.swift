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
    let (records, isTorn) = records(bytes)
    guard !isTorn else { throw WholeFile.Problem(description: "\(path): the last line is torn") }
    guard let header = records.first else {
      throw WholeFile.Problem(description: "\(path): is empty")
    }
    var columns: [Int] = []
    for name in ["path", "label", "predicted", "label_probability", "predicted_probability"] {
      guard let column = header.firstIndex(of: name) else {
        throw WholeFile.Problem(description: "\(path): has no column '\(name)'")
      }
      columns.append(column)
    }
    var rows: [Row] = []
    rows.reserveCapacity(records.count - 1)
    for (number, record) in records.dropFirst().enumerated() {
      guard record.count == header.count, let own = Double(record[columns[3]]),
        let best = Double(record[columns[4]])
      else { throw WholeFile.Problem(description: "\(path): row \(number + 1) is damaged") }
      rows.append(
        Row(
          path: record[columns[0]], label: record[columns[1]], predicted: record[columns[2]],
          labelProbability: own, predictedProbability: best))
    }
    return rows
  }

  /// The fields of each record. Torn: the text does not end with a line break, as what is written whole does.
  private static func records(_ bytes: [UInt8]) -> (records: [[String]], isTorn: Bool) {
    var records: [[String]] = []
    var record: [String] = []
    var field: [UInt8] = []
    var isQuoted = false
    var index = 0
    func end() {
      record.append(String(decoding: field, as: UTF8.self))
      field.removeAll(keepingCapacity: true)
    }
    while index < bytes.count {
      let byte = bytes[index]
      index += 1
      switch byte {
      case UInt8(ascii: "\""):
        // Doubled inside quotes it stands for itself.
        if isQuoted, index < bytes.count, bytes[index] == byte {
          field.append(byte)
          index += 1
        } else {
          isQuoted.toggle()
        }
      case UInt8(ascii: ",") where !isQuoted: end()
      case UInt8(ascii: "\r") where !isQuoted && index < bytes.count && bytes[index] == 0x0A: break
      case UInt8(ascii: "\n") where !isQuoted:
        end()
        records.append(record)
        record.removeAll(keepingCapacity: true)
      default: field.append(byte)
      }
    }
    return (records, isQuoted || !field.isEmpty || !record.isEmpty)
  }
}
