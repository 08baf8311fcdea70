/// Numbers of things in words.
package enum Counted {
  /// `1 picture`, `2 pictures`.
  ///
  /// - Parameter plural: by default the noun with an `s`.
  package static func of(_ count: Int, _ noun: String, _ plural: String? = nil) -> String {
    "\(count) \(count == 1 ? noun : plural ?? noun + "s")"
  }
}
