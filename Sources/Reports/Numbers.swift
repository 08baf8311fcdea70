import Glibc

/// Numbers as people read them.
package enum Numbers {
  /// With a fixed number of digits behind the point; `-` for what is no number.
  package static func fixed(_ value: Double?, _ digits: Int) -> String {
    guard let value, value.isFinite else { return "-" }
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    guard abs(value) * scale < 1e15 else { return "\(value)" }
    let scaled = Int((abs(value) * scale).rounded())
    guard digits > 0 else { return (value < 0 && scaled > 0 ? "-" : "") + String(scaled) }
    let fraction = String(scaled % Int(scale))
    let zeros = String(repeating: "0", count: digits - fraction.count)
    return (value < 0 && scaled > 0 ? "-" : "") + "\(scaled / Int(scale)).\(zeros)\(fraction)"
  }

  /// With a comma between thousands.
  package static func grouped(_ number: Int) -> String {
    var digits = String(abs(number))
    var groups: [String] = []
    while digits.count > 3 {
      groups.insert(String(digits.suffix(3)), at: 0)
      digits = String(digits.dropLast(3))
    }
    return (number < 0 ? "-" : "") + ([digits] + groups).joined(separator: ",")
  }

  /// `45 s`, `3 min 05 s`, `2 h 10 min`.
  package static func duration(_ seconds: Double) -> String {
    guard seconds.isFinite else { return "-" }
    if seconds < 9.95 { return fixed(seconds, 1) + " s" }
    let whole = Int(seconds.rounded())
    if whole < 60 { return "\(whole) s" }
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    if whole < 3600 { return "\(whole / 60) min \(two(whole % 60)) s" }
    return "\(whole / 3600) h \(two(whole % 3600 / 60)) min"
  }

  package static func bytes(_ count: Int) -> String {
    count < 10 << 20 ? "\(grouped((count + 1023) >> 10)) KiB" : "\(grouped(count >> 20)) MiB"
  }

  /// The shortest decimal that is the number, without a fraction of zero: `1`, `0.01`, `1e-05`.
  package static func short(_ value: Double) -> String {
    let text = value.description
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }

  /// To two significant digits, for rates: `0.00038`.
  package static func rate(_ value: Double) -> String {
    guard value.isFinite, value != 0 else { return short(value) }
    // Powers of ten are exact up to 1e22, so decimal numbers of few digits stay what they are.
    let digits = 2 - Int(log10(abs(value)).rounded(.up))
    let scale = pow(10, Double(abs(digits)))
    return short(
      digits >= 0 ? (value * scale).rounded() / scale : (value / scale).rounded() * scale)
  }

  /// `299 MFLOP`, `1.82 GFLOP`; a multiplication and an addition are two.
  package static func flops(_ count: Int) -> String {
    switch count {
    case ..<10_000_000: fixed(Double(count) / 1e6, 1) + " MFLOP"
    case ..<1_000_000_000: fixed(Double(count) / 1e6, 0) + " MFLOP"
    default: fixed(Double(count) / 1e9, count < 100_000_000_000 ? 2 : 0) + " GFLOP"
    }
  }

  /// A level as a percentage: `95 %`, `99.9 %`.
  package static func percent(_ share: Double) -> String {
    "\(short((share * 1e6).rounded() / 1e4)) %"
  }

  /// With its sign, also where it is positive.
  package static func signed(_ value: Double?, _ digits: Int) -> String {
    let text = fixed(value, digits)
    return (value ?? .nan) >= 0 && text != "-" ? "+" + text : text
  }

  /// A p-value: `p = 0.0031`, `p < 0.0001`.
  package static func pValue(_ p: Double) -> String {
    p < 0.0001 ? "p < 0.0001" : "p = \(fixed(p, 4))"
  }
}
