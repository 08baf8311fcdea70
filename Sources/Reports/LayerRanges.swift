/// Parameter names as the few words that people use for them: `conv1, layer1-3, layer4.0.bn1.weight`.
package enum LayerRanges {
  /// The shortest list that holds the chosen names and no others.
  ///
  /// A module all of whose parameters are chosen stands for them, and neighbours that differ in a number at the end
  /// stand as a range. Names must be in the order of the network.
  package static func text(of chosen: Set<String>, in names: [String]) -> [String] {
    guard !names.isEmpty else { return [] }
    if names.allSatisfy(chosen.contains) { return ["all layers"] }
    return parts(names.map { $0.split(separator: ".").map(String.init) }, depth: 0, chosen)
  }

  /// What is chosen of names that agree in their first `depth` words.
  private static func parts(
    _ names: [[String]], depth: Int, _ chosen: Set<String>
  ) -> [String] {
    // 1. The modules below, in order.
    var modules: [(word: String, names: [[String]])] = []
    for name in names {
      if let last = modules.last, last.word == name[depth] {
        modules[modules.count - 1].names.append(name)
      } else {
        modules.append((name[depth], [name]))
      }
    }
    // 2. Whole ones by their name, runs of them as a range; the rest in parts.
    var result: [String] = []
    var run: (prefix: String, first: String, last: String)?
    func path(_ word: String, _ name: [String]) -> String {
      (name[..<depth] + [word]).joined(separator: ".")
    }
    func close() {
      guard let ended = run else { return }
      let isOne = ended.first == ended.last
      result.append(ended.prefix + ended.first + (isOne ? "" : "-" + ended.last))
      run = nil
    }
    for module in modules {
      let whole = path(module.word, module.names[0])
      guard module.names.allSatisfy({ chosen.contains($0.joined(separator: ".")) }) else {
        close()
        if module.names[0].count > depth + 1 {
          result += parts(module.names, depth: depth + 1, chosen)
        }
        continue
      }
      let digits = String(whole.reversed().prefix { $0.isNumber }.reversed())
      let prefix = String(whole.dropLast(digits.count))
      if let open = run, open.prefix == prefix, !digits.isEmpty {
        run = (prefix, open.first, digits)
      } else {
        close()
        run = digits.isEmpty ? nil : (prefix, digits, digits)
        if digits.isEmpty { result.append(whole) }
      }
    }
    close()
    return result
  }
}
