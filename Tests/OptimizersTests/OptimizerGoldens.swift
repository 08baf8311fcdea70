import Declarations
import Foundation
import Optimizers
import TestSupport
import XCTest

/// An argument in a golden: a number, a flag or a list of numbers.
enum GoldenArgument: Decodable {
  case boolean(Bool)
  case integer(Int)
  case number(Double)
  case list([GoldenArgument])

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let value = try? container.decode(Bool.self) {
      self = .boolean(value)
    } else if let value = try? container.decode(Int.self) {
      self = .integer(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else {
      self = .list(try container.decode([GoldenArgument].self))
    }
  }

  var declared: DeclaredValue {
    switch self {
    case .boolean(let value): .boolean(value)
    case .integer(let value): .integer(value)
    case .number(let value): .number(value)
    case .list(let values): .list(values.map(\.declared))
    }
  }
}

func golden<Content: Decodable>(_ name: String, as type: Content.Type) throws -> Content {
  let path = Places.repository + "/Tests/OptimizersTests/Goldens/" + name
  let data = try Data(contentsOf: URL(fileURLWithPath: path))
  return try JSONDecoder().decode(type, from: data)
}

/// A component with the arguments of a golden; every one of them must be declared.
func component(
  _ family: Family, _ name: String, _ arguments: [String: GoldenArgument],
  file: StaticString = #filePath, line: UInt = #line
) throws -> ComponentValue {
  let declaration = try XCTUnwrap(family.declaration(name), file: file, line: line)
  for argument in arguments.keys {
    XCTAssertNotNil(
      declaration.parameter(argument), "\(name) declares '\(argument)'", file: file, line: line)
  }
  return ComponentValue(
    name: name, values: declaration.values(arguments.mapValues(\.declared)))
}
