import Declarations
import Foundation

/// An argument or a draw as a golden spells it.
enum JSONValue: Decodable, Hashable {
  case boolean(Bool)
  case integer(Int)
  case number(Double)
  case word(String)
  case list([JSONValue])

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let value = try? container.decode(Bool.self) {
      self = .boolean(value)
    } else if let value = try? container.decode(Int.self) {
      self = .integer(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .word(value)
    } else {
      self = .list(try container.decode([JSONValue].self))
    }
  }

  var declared: DeclaredValue {
    switch self {
    case .boolean(let value): .boolean(value)
    case .integer(let value): .integer(value)
    case .number(let value): .number(value)
    case .word(let value): .string(value)
    case .list(let values): .list(values.map(\.declared))
    }
  }

  var object: Any {
    switch self {
    case .boolean(let value): value
    case .integer(let value): value
    case .number(let value): value
    case .word(let value): value
    case .list(let values): values.map(\.object)
    }
  }

  /// The numbers of a draw, by name; those in lists by name and place, flags as 0 and 1.
  static func numbers<Draw: Encodable>(of draw: Draw) throws -> [String: Double] {
    let data = try JSONEncoder().encode(draw)
    var numbers: [String: Double] = [:]
    func add(_ name: String, _ value: JSONValue) {
      switch value {
      case .boolean(let flag): numbers[name] = flag ? 1 : 0
      case .integer(let value): numbers[name] = Double(value)
      case .number(let value): numbers[name] = value
      case .word: break
      case .list(let values):
        for (place, value) in values.enumerated() { add("\(name)\(place)", value) }
      }
    }
    for (name, value) in try JSONDecoder().decode([String: JSONValue].self, from: data) {
      add(name, value)
    }
    return numbers
  }
}
