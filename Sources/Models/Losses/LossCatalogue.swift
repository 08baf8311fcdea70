import Declarations

/// Every loss that the language knows.
package enum LossCatalogue {
  package static let family = Family("loss", [CrossEntropyLoss.declaration])

  /// The loss that a checked component names.
  package static func make(_ component: ComponentValue) -> CrossEntropyLoss {
    precondition(
      component.name == CrossEntropyLoss.declaration.name,
      "'\(component.name)' was checked to be a loss of the catalogue")
    return CrossEntropyLoss(component.values)
  }
}
