import Diagnostics

/// Every lint, in the order of the reference.
package enum LintCatalogue {
  package static let all: [any Lint.Type] = [
    // What changes the result against one's intention.
    BatchStatsOfFrozenLayers.self,
    EvalScale.self,
    EvalSize.self,
    CropPads.self,
    NormalizationUnlikeWeights.self,
    NormalizationDiffers.self,
    RandomEvaluation.self,
    FrozenRandomBackbone.self,
    RateDestroysWeights.self,
    RateStaysHigh.self,
    HeadRateLow.self,
    DecayOnNorm.self,
    ScheduleUnfinished.self,
    ScheduleTurnsBack.self,
    BatchOfOne.self,
    LastBatchDropped.self,
    // What makes a number mislead.
    MonitorOnTraining.self,
    BestOnReportedSplit.self,
    ClassImbalance.self,
    SamePicture.self,
    SingleClass.self,
    WeightsOfOtherClasses.self,
    // What cannot matter.
    NoEffectBatchNormMode.self,
    NoEffectDampening.self,
    NoEffectDropLast.self,
    NoEffectEarlyStopping.self,
    NoEffectKey.self,
    NoEffectScheduler.self,
    NoEffectStartFrom.self,
    NoEffectTransform.self,
    NoEffectWeightDecay.self,
  ]

  package static var pages: [CodePage] { all.map { $0.page } }

  /// All findings, from top to bottom of the file, each once; those that a comment allows are left out.
  package static func findings(in subject: LintSubject) -> [Diagnostic] {
    var found: [Diagnostic] = []
    for lint in all {
      for finding in lint.check(subject) where !found.contains(where: { $0.isEcho(of: finding) }) {
        found.append(finding)
      }
    }
    var sources: [SourceText] = []
    for case let source? in found.map({ $0.primary?.span.source })
    where !sources.contains(where: { $0 === source }) {
      sources.append(source)
    }
    return found.inOrder(of: sources).notAllowedByComments()
  }
}

extension Diagnostic {
  /// The same code at the same place: settings that phases share are spoken of once.
  fileprivate func isEcho(of other: Diagnostic) -> Bool {
    guard code == other.code else { return false }
    guard let mine = primary?.span, let theirs = other.primary?.span else {
      return message == other.message
    }
    return mine.source === theirs.source && mine.range == theirs.range
  }
}
