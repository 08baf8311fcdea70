import FoundationEssentials
import Tensors

/// One self-contained file: style, script and pictures are in it, and nothing of it may ask a network for anything.
package struct Page: Sendable {
  /// One part of a page, with an anchor of its own.
  package struct Section: Sendable {
    package let anchor: String
    package let title: String
    package let body: HTML

    package init(_ anchor: String, _ title: String, _ body: HTML) {
      self.anchor = anchor
      self.title = title
      self.body = body
    }
  }

  package let title: String
  package let header: HTML
  package let sections: [Section]

  package init(title: String, header: HTML, sections: [Section]) {
    self.title = title
    self.header = header
    self.sections = sections
  }

  /// The whole file.
  package var html: String {
    let links = sections.map { "<a href=\"#\($0.anchor)\">\($0.title)</a>" as HTML }
    let navigation: HTML =
      "<nav aria-label=\"Sections\">\(links.joined(separator: "\n"))</nav>"
    let parts = sections.map { section -> HTML in
      """
      <section id="\(section.anchor)">
      <h2>\(section.title)</h2>
      \(section.body)
      </section>

      """
    }
    let page: HTML = """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta http-equiv="Content-Security-Policy" content="\(Self.policy)">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <meta name="generator" content="xrun">
      <title>\(title)</title>
      <style>\(HTML(stringLiteral: StyleSheet.text))</style>
      </head>
      <body>
      <header>
      \(header)
      </header>
      \(sections.count > 1 ? navigation : HTML())
      <main>
      \(parts.joined())</main>
      <footer>Made by xrun; everything is in this file.</footer>
      <script>\(HTML(stringLiteral: Script.text))</script>
      </body>
      </html>

      """
    return page.source
  }

  /// The one style, the one script and embedded pictures; no request, no form, and no script or style that came in
  /// with data.
  static let policy =
    "default-src 'none'; img-src data:; style-src '\(digest(StyleSheet.text))'; "
    + "script-src '\(digest(Script.text))'; base-uri 'none'; form-action 'none'"

  /// As a content security policy names a source: `sha256-` and Base64.
  private static func digest(_ text: String) -> String {
    let hex = Array(SHA256.hex(of: text).utf8)
    let bytes = stride(from: 0, to: hex.count, by: 2).map { index in
      UInt8(String(decoding: hex[index...index + 1], as: UTF8.self), radix: 16) ?? 0
    }
    return "sha256-" + Data(bytes).base64EncodedString()
  }
}
