import Declarations
import Models
import Optimizers
import Transforms

/// What the names in an experiment are looked up in.
package struct Families: Sendable {
  package var transform: Family
  package var optimizer: Family
  /// Each scheduler also takes `by: epoch|step`.
  package var scheduler: Family
  package var loss: Family
  package var backbones: [String]

  package init(
    transform: Family, optimizer: Family, scheduler: Family, loss: Family, backbones: [String]
  ) {
    self.transform = transform
    self.optimizer = optimizer
    self.scheduler = Family(
      scheduler.name, scheduler.declarations.map { $0.adding(PhaseSection.by) })
    self.loss = loss
    self.backbones = backbones
  }

  /// What xrun brings.
  package static let standard = Families(
    transform: TransformCatalogue.family, optimizer: OptimizerCatalogue.family,
    scheduler: SchedulerCatalogue.family, loss: LossCatalogue.family,
    backbones: BackboneCatalogue.names)

  package var all: [Family] { [transform, optimizer, scheduler, loss] }
}
