import Reports

/// Numbers as pages show them: few digits to read, all digits in the markup.
enum Value {
  /// `<data value="0.5733496332518337">0.5733</data>`; a dash for what is no number.
  static func html(_ value: Double?, _ digits: Int = 4) -> HTML {
    guard let value, value.isFinite else { return "–" }
    return "<data value=\"\(Numbers.short(value))\">\(Numbers.fixed(value, digits))</data>"
  }

  /// A share as a percentage with one digit, on one line: `57.3 %`.
  static func percent(_ share: Double) -> String { Numbers.fixed(share * 100, 1) + "\u{A0}%" }

  /// A place in a drawing, to a tenth of a unit.
  static func place(_ value: Double) -> String {
    let text = Numbers.fixed(value, 1)
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}
