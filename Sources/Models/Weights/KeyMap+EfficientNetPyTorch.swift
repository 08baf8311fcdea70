extension KeyMap {
  /// The names of the projects efficientnet-pytorch and efficientnet-lite-pytorch, for timm's EfficientNets.
  ///
  /// They count blocks through all stages, name the layers of a block by what they do, and count its batch norms
  /// from 0, of which the first is missing in a block without expansion. Nil for other networks.
  static func efficientNetPyTorch(_ network: Network) -> Translation? {
    // 1. timm's blocks in their order: `blocks.<stage>.<index>.`, expanded where they have a `conv_pwl`.
    var blocks: [(prefix: String, isExpanded: Bool)] = []
    for tensor in network.tensors {
      let parts = tensor.name.split(separator: ".")
      guard parts.count > 4, parts[0] == "blocks" else { continue }
      let prefix = parts[..<3].joined(separator: ".") + "."
      if blocks.last?.prefix != prefix { blocks.append((prefix, false)) }
      if parts[3] == "conv_pwl" { blocks[blocks.count - 1].isExpanded = true }
    }
    guard !blocks.isEmpty else { return nil }

    // 2. Layers by name.
    let outer = [
      "_conv_stem": "conv_stem", "_bn0": "bn1", "_conv_head": "conv_head", "_bn1": "bn2",
      "_fc": "classifier",
    ]
    let expanded = [
      "_expand_conv": "conv_pw", "_bn0": "bn1", "_depthwise_conv": "conv_dw", "_bn1": "bn2",
      "_project_conv": "conv_pwl", "_bn2": "bn3",
    ]
    let plain = [
      "_depthwise_conv": "conv_dw", "_bn1": "bn1", "_project_conv": "conv_pw", "_bn2": "bn2",
    ]
    let order = blocks
    return Translation(source: "efficientnet-pytorch") { name in
      let parts = name.split(separator: ".").map(String.init)
      if parts.count == 2, let layer = outer[parts[0]] { return layer + "." + parts[1] }
      guard parts.count == 4, parts[0] == "_blocks", let number = Int(parts[1]),
        order.indices.contains(number),
        let layer = (order[number].isExpanded ? expanded : plain)[parts[2]]
      else { return nil }
      return order[number].prefix + layer + "." + parts[3]
    }
  }
}
