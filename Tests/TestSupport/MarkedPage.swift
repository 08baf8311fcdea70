import Foundation

/// A page of a folder of marked texts: `CODE.md` with blocks of YAML that are marked where they are wrong.
///
/// The word behind `yaml` names the key of a small experiment that the text stands for; without one
/// it is the whole file.
package struct MarkedPage {
  package let code: String
  /// The first line.
  package let title: String
  package private(set) var texts: [(key: String?, text: String)] = []

  /// All pages of a folder beside a test's file, by name.
  package static func all(in folder: String, beside file: String) throws -> [MarkedPage] {
    let folder = URL(fileURLWithPath: file).deletingLastPathComponent()
      .appendingPathComponent(folder)
    return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
      .filter { $0.hasSuffix(".md") }
      .map { name in
        let text = try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
        return MarkedPage(code: String(name.dropLast(3)), text)
      }
  }

  private init(code: String, _ text: String) {
    self.code = code
    title = String(text.prefix { $0 != "\n" })
    var key: String??
    var lines: [Substring] = []
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line == "```", let open = key {
        texts.append((open, lines.joined(separator: "\n")))
        key = nil
      } else if line.hasPrefix("```yaml") {
        let word = line.dropFirst(7).trimmingCharacters(in: .whitespaces)
        key = .some(word.isEmpty ? nil : word)
        lines = []
      } else {
        lines.append(line)
      }
    }
  }
}
