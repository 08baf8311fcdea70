/// Text from anywhere, such as names of folders and pictures, as it may be shown to people.
package enum VisibleText {
  /// Whether a scalar would steer what shows it, or have other text seen than what is there.
  ///
  /// These are control characters (general category Cc), separators of lines and paragraphs, and the marks that set
  /// the direction of writing (Bidi_Control of Unicode's PropList.txt), by which a name can look like another one.
  package static func hides(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0...0x1F, 0x7F...0x9F, 0x061C, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069: true
    default: false
    }
  }

  /// The text with `\u{FFFD}` for each scalar that hides something.
  ///
  /// - Parameter keepsLines: whether line breaks stay, as in text of several lines that is our own.
  package static func of(_ text: String, keepsLines: Bool = false) -> String {
    func isReplaced(_ scalar: Unicode.Scalar) -> Bool {
      hides(scalar) && !(keepsLines && scalar == "\n")
    }
    // Mostly each byte is a letter of ASCII.
    if text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) { return text }
    guard text.unicodeScalars.contains(where: isReplaced) else { return text }
    return String(
      String.UnicodeScalarView(text.unicodeScalars.map { isReplaced($0) ? "\u{FFFD}" : $0 }))
  }
}
