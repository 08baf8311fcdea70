/// A file of weights that the authors of a model publish, under a name that carries its checksum.
package struct PublishedWeights: Sendable, Hashable {
  package let backbone: String
  /// As in `model.weights`.
  package let name: String
  /// Such as `resnet18-f37072fd.pth`: the digits are the first of the contents' SHA-256.
  package let file: String
  /// Where its authors have it, without the file.
  let origin: String

  package var url: String { "\(origin)/\(file)" }

  /// The first digits of the contents' SHA-256, in lower-case hexadecimal.
  package var checksum: String {
    let stem = file.prefix { $0 != "." }
    return String(stem[(stem.lastIndex(of: "-").map(stem.index(after:)) ?? stem.startIndex)...])
  }

  private init(_ backbone: String, _ name: String, _ digits: String, from origin: String) {
    self.backbone = backbone
    self.name = name
    file = "\(backbone)-\(digits).pth"
    self.origin = origin
  }

  private static let torchvision = "https://download.pytorch.org/models"
  private static let timm =
    "https://github.com/rwightman/pytorch-image-models/releases/download/v0.1-weights"

  /// - Source: the `url` of each entry in torchvision/models and of timm's default configurations.
  package static let all: [PublishedWeights] = [
    .init("resnet18", "IMAGENET1K_V1", "f37072fd", from: torchvision),
    .init("resnet34", "IMAGENET1K_V1", "b627a593", from: torchvision),
    .init("resnet50", "IMAGENET1K_V1", "0676ba61", from: torchvision),
    .init("resnet50", "IMAGENET1K_V2", "11ad3fa6", from: torchvision),
    .init("resnet101", "IMAGENET1K_V1", "63fe2227", from: torchvision),
    .init("resnet101", "IMAGENET1K_V2", "cd907fc2", from: torchvision),
    .init("resnet152", "IMAGENET1K_V1", "394f9c45", from: torchvision),
    .init("resnet152", "IMAGENET1K_V2", "f82ba261", from: torchvision),
    .init("squeezenet1_0", "IMAGENET1K_V1", "b66bff10", from: torchvision),
    .init("squeezenet1_1", "IMAGENET1K_V1", "b8a52dc0", from: torchvision),
    .init("tf_efficientnet_lite0", "IMAGENET1K_V1", "0aa007d2", from: timm),
  ]

  package static func names(of backbone: String) -> [String] {
    all.filter { $0.backbone == backbone }.map(\.name)
  }

  /// Nil where nothing is published under the name.
  package static func find(_ name: String, of backbone: String) -> PublishedWeights? {
    all.first { $0.backbone == backbone && $0.name == name }
  }
}
