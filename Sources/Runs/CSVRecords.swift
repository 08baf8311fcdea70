/// Reads tables of comma-separated fields (RFC 4180).
enum CSVRecords {
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
