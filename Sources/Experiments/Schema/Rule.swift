import Models

/// Small schemas that rules are made of.
enum Rule {
  static let notNull = not(.object([JSON.Member("type", .string("null"))]))

  /// An object with the key, whatever its value.
  static func has(_ key: String) -> JSON {
    .object([JSON.Member("type", .string("object"))] + required([key]))
  }

  /// An object with the key, whose value is not null and, where given, fits a schema.
  static func present(_ key: String, _ schema: JSON? = nil) -> JSON {
    var forms = [notNull]
    if let schema { forms.append(schema) }
    let value = forms.count == 1 ? notNull : .object([JSON.Member("allOf", .array(forms))])
    return .object(
      [JSON.Member("type", .string("object"))] + required([key])
        + [JSON.Member("properties", .object([JSON.Member(key, value)]))])
  }

  /// Where the key is there, its value fits the schema.
  static func property(_ key: String, _ schema: JSON) -> JSON {
    .object([JSON.Member("properties", .object([JSON.Member(key, schema)]))])
  }

  static func not(_ schema: JSON) -> JSON { .object([JSON.Member("not", schema)]) }

  static func anyOf(_ schemas: [JSON]) -> JSON { .object([JSON.Member("anyOf", .array(schemas))]) }

  static func when(_ condition: JSON, then: JSON, otherwise: JSON?) -> JSON {
    var members = [JSON.Member("if", condition), JSON.Member("then", then)]
    if let otherwise { members.append(JSON.Member("else", otherwise)) }
    return .object(members)
  }

  /// Nothing where no key is.
  static func required(_ keys: [String]) -> [JSON.Member] {
    keys.isEmpty ? [] : [JSON.Member("required", .array(keys.map { .string($0) }))]
  }
}
