import Graphs

/// What a network is: its name, its layers with the parameter names of the weight files, and how they start.
///
/// A new backbone is one file that states this, and one line in `BackboneCatalogue`.
package protocol Backbone: Sendable {
  /// The name in YAML, in torchvision's or timm's spelling.
  var name: String { get }
  /// One sentence: what it is.
  var doc: String { get }
  /// The counterpart whose names and numbers these are, such as `torchvision.models.resnet18`.
  var mirrors: String { get }
  /// The paper.
  var source: String { get }
  /// What its ImageNet weights expect.
  var normalization: Normalization { get }
  /// The smallest height and width of a picture that it can read.
  var minimumSize: Int { get }
  /// The last layer with parameters, which is replaced for other classes.
  var head: Head { get }

  /// Adds the forward pass: pictures `[N, 3, H, W]` to logits `[N, classes]`.
  ///
  /// Parameters are added in the order of torch's `state_dict`, which is the order of the forward pass too.
  func build(
    into builder: inout GraphBuilder, pictures: ValueID, classes: Int
  ) throws(ShapeError) -> ValueID

  /// How a parameter starts in a network without weights.
  func initialization(of tensor: TensorSpec) -> Initialization

  /// How a parameter of the head starts where it replaces the head of loaded weights.
  func headInitialization(of tensor: TensorSpec) -> Initialization
}

/// The mean and deviation that are taken from and divided out of pictures in `[0, 1]`, per channel.
package struct Normalization: Sendable, Hashable {
  package let mean: [Double]
  package let std: [Double]

  package init(mean: [Double], std: [Double]) {
    self.mean = mean
    self.std = std
  }

  /// That of torchvision's ImageNet weights.
  package static let imagenet = Normalization(
    mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225])
  /// To `[-1, 1]`, as TensorFlow's models expect.
  package static let half = Normalization(mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5])
}

/// A backbone's last layer with parameters.
package struct Head: Sendable, Hashable {
  package enum Kind: String, Sendable, Hashable {
    case linear
    /// A 1 × 1 convolution over the last feature maps.
    case convolution
  }

  /// Its path, such as `fc`; its parameters are `fc.weight` and `fc.bias`.
  package let layer: String
  package let kind: Kind

  package init(_ layer: String, _ kind: Kind) {
    self.layer = layer
    self.kind = kind
  }
}
