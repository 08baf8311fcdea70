import Declarations

/// Every scheduler that the language knows.
package enum SchedulerCatalogue {
  package static let all: [any Scheduler.Type] = [
    StepLR.self,
    MultiStepLR.self,
    ExponentialLR.self,
    CosineAnnealingLR.self,
    LinearLR.self,
  ]

  package static let family = Family("scheduler", all.map { $0.declaration })

  /// The scheduler that a checked component names.
  package static func make(_ component: ComponentValue) -> any Scheduler {
    guard let type = all.first(where: { $0.declaration.name == component.name }) else {
      preconditionFailure("'\(component.name)' was checked to be a scheduler of the catalogue")
    }
    return type.init(component.values)
  }
}
