import Diagnostics
import Tensors

/// What became of the tensors of a weight file and of a network.
package struct LoadReport: Sendable, Hashable {
  /// A tensor with its shape, or its two shapes where the file's differs.
  package struct Item: Sendable, Hashable {
    package let name: String
    /// Nil where the file has no such tensor.
    package let inFile: Shape?
    /// Nil where the network has no such tensor.
    package let inNetwork: Shape?
  }

  package let path: String
  /// Taken from the file.
  package var loaded: [Item] = []
  /// In the network only: batch counters start at 0, a head is made new, and the rest is a mistake.
  package var missing: [Item] = []
  /// In the file only: ignored.
  package var unexpected: [Item] = []
  /// In both, with two shapes: a head is made new, and the rest is a mistake.
  package var otherShape: [Item] = []
  /// The head's layer where it was made new.
  package var replacedHead: String?
  /// Why the head was made new, in words, where whoever loads knows.
  package var replacementReason: String?
  /// What the file says of itself.
  package var metadata: WeightsMetadata
  /// What part of the file was taken, and how its names were changed, as phrases.
  package var remarks: [String] = []

  /// The tensors without which the network would be wrong.
  package var unfitting: [Item] { (otherShape + missing).filter { !harmless.contains($0.name) } }
  fileprivate var harmless: Set<String> = []

  init(path: String, metadata: WeightsMetadata) {
    self.path = path
    self.metadata = metadata
  }

  /// One phrase that names the first tensors that do not fit.
  package var mistake: String {
    let shown = unfitting.prefix(4).map { item in
      if let inFile = item.inFile, let inNetwork = item.inNetwork {
        return "'\(item.name)' is \(inFile), not \(inNetwork)"
      }
      return "'\(item.name)' is missing"
    }
    let rest = unfitting.count - shown.count
    return "'\(path)' does not fit the network: " + shown.joined(separator: ", ")
      + (rest > 0 ? " and \(rest) more" : "")
  }

  /// One line for people: `122 tensors loaded, head 'fc' made new`.
  package var summary: String {
    var parts = ["\(loaded.count) tensors loaded"]
    if !unexpected.isEmpty { parts.append("\(unexpected.count) ignored") }
    if let replacedHead {
      parts.append(
        "head '\(replacedHead)' made new" + (replacementReason.map { ": \($0)" } ?? ""))
    }
    return (parts + remarks).joined(separator: ", ")
  }
}

extension ModelState {
  /// Whether a file's weights fit a network but for its head, by the file's header alone.
  package static func check(
    _ network: Network, against file: any WeightsFile
  ) throws(WeightsError) {
    _ = try report(network, KeyMap.fitting(file, to: network), keepsHead: true)
  }

  private static func report(
    _ network: Network, _ file: any WeightsFile, keepsHead: Bool
  ) throws(WeightsError) -> LoadReport {
    // 1. Whose weights are they?
    let metadata = try WeightsMetadata(file)
    if let found = metadata.backbone, found != network.backbone.name {
      throw .otherBackbone(path: file.path, found: found, expected: network.backbone.name)
    }
    // 2. Compare names and shapes.
    let report = LoadReport(comparing: network, with: file, metadata, keepsHead: keepsHead)
    guard report.unfitting.isEmpty else { throw .unfitting(report) }
    return report
  }

  /// A network with the weights of a file; a head that the file lacks or has for other classes is made new.
  ///
  /// - Parameter keepsHead: false makes the head new in any case, as for classes of the same number but other names.
  /// - Throws: `WeightsError.unfitting` where anything else is missing or has another shape.
  package static func load(
    _ network: Network, from original: any WeightsFile, keepsHead: Bool = true, seed: UInt64
  ) throws(WeightsError) -> (state: ModelState, report: LoadReport) {
    let file = KeyMap.fitting(original, to: network)
    let report = try report(network, file, keepsHead: keepsHead)
    let taken = Set(report.loaded.map(\.name))
    var floats: [String: FloatBuffer] = [:]
    var counters: [String: Int] = [:]
    for tensor in network.tensors {
      if tensor.isFloat {
        floats[tensor.name] =
          taken.contains(tensor.name)
          ? try finite(tensor.name, of: file) : FloatBuffer(count: tensor.shape.count)
      } else if taken.contains(tensor.name) {
        counters[tensor.name] = try file.integers(tensor.name)[0]
      }
    }
    var state = ModelState(network.tensors, floats: floats)
    state.batchesTracked.merge(counters) { $1 }
    if report.replacedHead != nil {
      for tensor in network.tensors where tensor.isHead {
        state.fill(tensor, network.backbone.headInitialization(of: tensor), seed: seed)
      }
    }
    return (state, report)
  }
}

/// A tensor's numbers, where all of them are finite.
private func finite(
  _ name: String, of file: any WeightsFile
) throws(WeightsError) -> FloatBuffer {
  let buffer = try file.floats(name)
  guard buffer.floats.allSatisfy(\.isFinite) else {
    throw .notFinite(path: file.path, name: name)
  }
  return buffer
}

extension LoadReport {
  init(
    comparing network: Network, with file: any WeightsFile, _ metadata: WeightsMetadata,
    keepsHead: Bool
  ) {
    self.init(path: file.path, metadata: metadata)
    remarks = file.remarks
    // A head is taken whole or not at all.
    let head = network.tensors.filter(\.isHead)
    let replacesHead = !keepsHead || head.contains { file.content($0.name)?.shape != $0.shape }
    replacedHead = replacesHead ? network.backbone.head.layer : nil
    for tensor in network.tensors {
      let found = file.content(tensor.name)?.shape
      let item = Item(name: tensor.name, inFile: found, inNetwork: tensor.shape)
      if found == nil {
        missing.append(item)
      } else if found != tensor.shape {
        otherShape.append(item)
      } else if !(tensor.isHead && replacesHead) {
        loaded.append(item)
      }
      let isHarmless = tensor.isHead || (!tensor.isFloat && found == nil)
      if isHarmless { harmless.insert(tensor.name) }
    }
    let known = Set(network.tensors.map(\.name))
    unexpected = file.contents.filter { !known.contains($0.name) }.map {
      Item(name: $0.name, inFile: $0.shape, inNetwork: nil)
    }
  }
}
