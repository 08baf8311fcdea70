import Declarations

/// The keys of `model`.
enum ModelSection {
  static let backbone = Parameter<String>(
    "backbone", doc: "the network without its last layer, such as 'resnet18'", example: "resnet18")
  static let weights = Parameter<String>(
    "weights", default: "none",
    doc: "none, builtin, a torchvision name, a .safetensors or .pth file, "
      + "or runs/<run>[/best|last]",
    example: "IMAGENET1K_V1")
  static let head = Parameter<String>(
    "head", .choice(["linear"]), default: "linear",
    doc: "the last layer, made for the classes of the data", example: "linear")

  static let declaration = Declaration(
    section: "model", [backbone, weights, head],
    later: [.key("cut"), .value("mlp", of: "head"), .value("cosine", of: "head")],
    doc: "the network and the weights it starts from")
}
