/// Every backbone that the language knows.
package enum BackboneCatalogue {
  package static let all: [any Backbone] = [
    ResNet.resnet18,
    ResNet.resnet34,
    ResNet.resnet50,
    ResNet.resnet101,
    ResNet.resnet152,
    SqueezeNet.squeezenet1_0,
    SqueezeNet.squeezenet1_1,
    EfficientNetLite.tf_efficientnet_lite0,
  ]

  package static var names: [String] { all.map(\.name) }

  /// Nil where no backbone has the name.
  package static func backbone(named name: String) -> (any Backbone)? {
    all.first { $0.name == name }
  }
}
