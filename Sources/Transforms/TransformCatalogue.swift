import Declarations

/// All transforms: the one list that decoding, checks, reference pages and tests are derived from.
package enum TransformCatalogue {
  package static let all: [any Transform.Type] = [
    CenterCrop.self,
    ColorJitter.self,
    GaussianBlur.self,
    Grayscale.self,
    Normalize.self,
    Pad.self,
    RandomAffine.self,
    RandomCrop.self,
    RandomErasing.self,
    RandomGrayscale.self,
    RandomHorizontalFlip.self,
    RandomPerspective.self,
    RandomResizedCrop.self,
    RandomRotation.self,
    RandomVerticalFlip.self,
    Resize.self,
    ToTensor.self,
  ]

  /// What names under `transforms` are looked up in.
  package static let family = Family("transform", all.map { $0.declaration })

  /// The transform of a name.
  package static func type(_ name: String) -> (any Transform.Type)? {
    all.first { $0.declaration.name == name }
  }
}
