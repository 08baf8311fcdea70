/// Settings by the names that they have in TensorBoard's table.
package enum Hyperparameters {
  /// A component is a setting itself, and its arguments' names do without it: `optimizer.Adam.lr` becomes
  /// `optimizer: Adam` and `optimizer.lr`.
  ///
  /// TensorBoard compares values of one name, so that rates of two optimizers must share theirs. What stands in lists
  /// keeps its path, as several components may stand there.
  package static func named(_ settings: [String: String]) -> [String: String] {
    var named: [String: String] = [:]
    for (path, value) in settings {
      let parts = path.split(separator: ".")
      guard !path.contains("["),
        let place = parts.firstIndex(where: { $0.first?.isUppercase ?? false }), place > 0
      else {
        named[path] = value
        continue
      }
      let owner = parts[..<place].joined(separator: ".")
      named[owner] = String(parts[place])
      named[([owner] + parts[(place + 1)...].map(String.init)).joined(separator: ".")] = value
    }
    return named
  }
}
