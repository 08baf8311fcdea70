import Declarations
import Models

extension ReferencePage {
  /// The page of a backbone, from the network itself.
  package init(_ backbone: any Backbone) {
    let network = Network(backbone, classes: Self.imageNetClasses)
    let groups = FreezePolicy.outline(network)
    let head = backbone.head.layer
    func count(_ group: String) -> Int {
      network.parameters.filter { $0.layer == group || $0.layer.hasPrefix(group + ".") }
        .reduce(0) { $0 + $1.shape.count }
    }
    func isHead(_ group: String) -> Bool { head == group || head.hasPrefix(group + ".") }
    let rows = groups.map {
      Row($0, [Self.grouped(count($0)), isHead($0) ? "the head, never frozen" : ""])
    }
    // Names of weights are torchvision's; others come as files.
    let weights =
      backbone.mirrors.hasPrefix("torchvision.")
      ? "IMAGENET1K_V1" : "imagenet.safetensors"
    let size = backbone.minimumSize
    let normalization = backbone.normalization
    func list(_ values: [Double]) -> String {
      "[\(values.map { "\($0)" }.joined(separator: ", "))]"
    }

    self.init(
      chapter: .backbones, name: backbone.name, summary: backbone.doc,
      parts: [
        .text(Prose.sentence(backbone.doc)),
        .heading("Example"),
        .block("model: {backbone: \(backbone.name), weights: \(weights)}", language: "yaml"),
        .heading("More"),
        .facts([
          (
            "Parameters",
            "\(Self.grouped(network.parameterCount)) with a head for \(Self.imageNetClasses) classes, "
              + "\(Self.grouped(network.parameterCount - count(head))) without the head"
          ),
          (
            "Input",
            "`[N, 3, H, W]`, " + (size > 1 ? "H and W at least \(size)" : "of any height and width")
              + "; ImageNet weights were trained at 224 x 224"
          ),
          (
            "Normalisation",
            "its ImageNet weights expect "
              + "`Normalize: {mean: \(list(normalization.mean)), std: \(list(normalization.std))}`"
              + (normalization == .imagenet ? ", in short `Normalize: imagenet`" : "")
          ),
          (
            "Head",
            "`\(head)`, a " + (backbone.head.kind == .linear ? "linear layer" : "1 x 1 convolution")
              + ", made anew for the classes of the data"
          ),
          ("Same as", "`\(backbone.mirrors)`, with its names of parameters"),
          ("Source", backbone.source),
        ]),
        .heading("Layers"),
        .text(
          "What `freeze: {until: …}` can name, in the order of the forward pass; that layer and all "
            + "before it are frozen."
            + (Self.deeperPath(network, than: groups).map {
              " Paths inside work too, such as `\($0)`."
            } ?? "")),
        .table(header: ["Layer", "Parameters", "Remark"], rows),
      ],
      next:
        "'xrun explain freeze' says how to freeze layers; 'xrun plan FILE' shows what is trained.")
  }

  private static let imageNetClasses = 1000

  /// A layer inside one of the groups, the last before the head.
  private static func deeperPath(_ network: Network, than groups: [String]) -> String? {
    network.layers.last { !groups.contains($0) && $0 != network.backbone.head.layer }
  }

  /// `11,689,512`.
  package static func grouped(_ number: Int) -> String {
    var digits = String(number)
    var parts: [String] = []
    while digits.count > 3 {
      parts.insert(String(digits.suffix(3)), at: 0)
      digits.removeLast(3)
    }
    return ([digits] + parts).joined(separator: ",")
  }
}
