import Models

/// What editors are told of the schema, as changes of texts that may be there already.
package enum EditorSettings {
  /// Where the schema is kept in a folder that an editor opens.
  package static let schemaPath = ".vscode/xrun.schema.json"
  package static let settingsPath = ".vscode/settings.json"
  private static let key = "yaml.schemas"
  private static let schemaKey = "./" + schemaPath
  private static let globs: [JSON] = [
    .string("experiments/**/*.yaml"), .string("experiments/**/*.yml"),
  ]

  /// The setting as it is written by hand into a file that cannot be merged.
  package static var entry: String {
    "\(JSON.quoted(key)): {\(schema)}"
  }
  private static var schema: String {
    "\(JSON.quoted(schemaKey)): \(JSON.array(globs).line)"
  }

  /// VS Code's settings with the schema among them; nil where the text is no JSON object, as with comments.
  ///
  /// Nothing else in the text changes, and a setting for the schema that is there stays.
  package static func merged(into text: String) -> String? {
    if text.allSatisfy(\.isWhitespace) { return "{\n  \(entry)\n}\n" }
    let bytes = Array(text.utf8)
    guard let json = try? JSON(bytes), case .object(let members) = json else { return nil }
    guard let schemas = members.first(where: { $0.name == key }) else {
      return insert(entry, into: bytes, members: members, from: 0)
    }
    guard case .object(let known) = schemas.value else { return nil }
    if known.contains(where: { $0.name == schemaKey }) { return text }
    return insert(schema, into: bytes, members: known, from: schemas.offset)
  }

  /// Puts a member in front of an object's first; the object is the first to open behind `start`.
  private static func insert(
    _ member: String, into bytes: [UInt8], members: [JSON.Member], from start: Int
  ) -> String {
    guard let first = members.first else {
      let brace = bytes[start...].firstIndex(of: UInt8(ascii: "{")) ?? start
      return join(bytes[...brace], member, bytes[(brace + 1)...])
    }
    // The space in front of the first member separates it from the new one too.
    let space = bytes[..<first.offset].reversed().prefix { [0x20, 0x09, 0x0A, 0x0D].contains($0) }
    let separator = space.isEmpty ? [UInt8(ascii: " ")] : Array(space.reversed())
    return join(
      bytes[..<first.offset], member + "," + String(decoding: separator, as: UTF8.self),
      bytes[first.offset...])
  }

  private static func join(_ head: ArraySlice<UInt8>, _ text: String, _ tail: ArraySlice<UInt8>)
    -> String
  {
    String(decoding: head, as: UTF8.self) + text + String(decoding: tail, as: UTF8.self)
  }

  // MARK: Modelines

  private static let modeline = "# yaml-language-server: $schema="

  /// An experiment's text that names the schema in its first line; a modeline among its first comments is replaced.
  ///
  /// - Parameter schema: the schema's path, relative to the experiment's file.
  package static func naming(_ schema: String, in text: String) -> String {
    let mark = "\u{FEFF}"
    let hasMark = text.unicodeScalars.first == mark.unicodeScalars.first
    let body = hasMark ? String(text.unicodeScalars.dropFirst()) : text
    let ending = body.utf8.firstIndex(of: 0x0A).map { index in
      index > body.startIndex && body.utf8[body.utf8.index(before: index)] == 0x0D ? "\r\n" : "\n"
    }
    // Bytes, as Swift takes CR LF for one character.
    var lines = body.utf8.split(separator: 0x0A, omittingEmptySubsequences: false).map {
      String(Substring($0))
    }
    let comments = lines.prefix { $0.hasPrefix("#") || $0.allSatisfy(\.isWhitespace) }
    if let old = comments.firstIndex(where: { $0.hasPrefix(modeline) }) {
      lines[old] = modeline + schema + (lines[old].utf8.last == 0x0D ? "\r" : "")
      return (hasMark ? mark : "") + lines.joined(separator: "\n")
    }
    return (hasMark ? mark : "") + modeline + schema + (ending ?? "\n") + body
  }

  /// A path as it is seen from a folder; both are absolute.
  package static func relative(_ path: String, from folder: String) -> String {
    let target = path.split(separator: "/")
    let base = folder.split(separator: "/")
    let shared = zip(target, base).prefix { $0 == $1 }.count
    let up = Array(repeating: Substring(".."), count: base.count - shared)
    return (up + target[shared...]).joined(separator: "/")
  }
}
