/// Reads tables of comma-separated fields (RFC 4180).
enum CSVRecords {
  /// The records of a file below its header, each with the columns asked for, in that order.
  ///
  /// - Parameters:
  ///   - mayBeTorn: leaves out a last line without its end, as of a file that is still written; else it is a problem.
  ///   - row: nil for a record whose fields are not what they should be.
  static func table<Row>(
    _ bytes: [UInt8], _ path: String, columns: [String], mayBeTorn: Bool = false,
    row: (_ fields: [String]) -> Row?
  ) throws(WholeFile.Problem) -> [Row] {
    let (records, isTorn) = read(bytes)
    guard !isTorn || mayBeTorn else { throw WholeFile.Problem(path, "the last line is torn") }
    guard let header = records.first else { throw WholeFile.Problem(path, "is empty") }
    var places: [Int] = []
    for name in columns {
      guard let place = header.firstIndex(of: name) else {
        throw WholeFile.Problem(path, "has no column '\(name)'")
      }
      places.append(place)
    }
    var rows: [Row] = []
    rows.reserveCapacity(records.count - 1)
    for (number, record) in records.dropFirst().enumerated() {
      guard record.count == header.count, let row = row(places.map { record[$0] }) else {
        throw WholeFile.Problem(path, "row \(number + 1) is damaged")
      }
      rows.append(row)
    }
    return rows
  }

  /// The fields of each record. Torn: the text does not end with a line break, as what is written whole does.
  static func read(_ bytes: [UInt8]) -> (records: [[String]], isTorn: Bool) {
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
