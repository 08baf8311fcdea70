import Declarations

/// Every optimizer that the language knows.
package enum OptimizerCatalogue {
  package static let all: [any Optimizer.Type] = [
    SGD.self,
    Adam.self,
    AdamW.self,
  ]

  package static let family = Family("optimizer", all.map { $0.declaration })

  /// The optimizer that a checked component names.
  package static func make(_ component: ComponentValue) -> any Optimizer {
    type(of: component).init(component.values)
  }

  /// Arguments of a checked component that contradict each other.
  package static func conflicts(_ component: ComponentValue) -> [ArgumentConflict] {
    type(of: component).conflicts(component.values)
  }

  private static func type(of component: ComponentValue) -> any Optimizer.Type {
    guard let type = all.first(where: { $0.declaration.name == component.name }) else {
      preconditionFailure("'\(component.name)' was checked to be an optimizer of the catalogue")
    }
    return type
  }
}
