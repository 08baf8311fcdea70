import Experiments
import Models

/// The numbers that a run starts from, and where they came from.
package struct StartingWeights {
  package let state: ModelState
  /// One line for people.
  package let summary: String
  /// A line for each tensor that was not simply loaded.
  package let details: [String]
  /// SHA-256 of the file; nil for random ones.
  package let fingerprint: String?

  /// Random, or from a file; a head for other classes is made new.
  ///
  /// A head is kept only from files that name their classes, and name ours in our order.
  package static func make(
    _ settings: ModelSettings, network: Network, classes: [String], seed: UInt64
  ) throws(WeightsError) -> StartingWeights {
    guard let path = try settings.weightsPath() else {
      return StartingWeights(
        state: ModelState(initialized: network, seed: seed),
        summary: "random, as \(network.backbone.mirrors) starts", details: [], fingerprint: nil)
    }
    let fingerprint = try NamedWeights.digest(of: path)
    if case .named = settings.weights { try NamedWeights.verify(path, digest: fingerprint) }
    let file = try WeightsFormat.open(path)
    let known = try WeightsMetadata(file).classes
    var (state, report) = try ModelState.load(
      network, from: file, keepsHead: known == classes, seed: seed)
    report.replacementReason = reason(report, known: known, classes: classes)
    return StartingWeights(
      state: state, summary: "\(path): \(report.summary)", details: details(of: report),
      fingerprint: fingerprint)
  }

  /// Why the head could not be kept.
  private static func reason(
    _ report: LoadReport, known: [String]?, classes: [String]
  ) -> String {
    if let head = report.replacedHead,
      report.missing.contains(where: { $0.name.hasPrefix(head + ".") })
    {
      return "the file has none"
    }
    guard let known else { return "the file does not say which classes it is for" }
    return known.sorted() == classes.sorted()
      ? "the file has the classes in another order" : "the file is for other classes"
  }

  private static func details(of report: LoadReport) -> [String] {
    report.missing.map { "'\($0.name)' is missing in the file" }
      + report.otherShape.compactMap { item in
        guard let inFile = item.inFile, let inNetwork = item.inNetwork else { return nil }
        return "'\(item.name)' is \(inFile) in the file and \(inNetwork) in the network"
      }
      + report.unexpected.map { "'\($0.name)' is in the file only, and ignored" }
  }
}
