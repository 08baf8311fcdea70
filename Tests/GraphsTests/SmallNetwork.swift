import Graphs
import Tensors

/// Two residual blocks and a head: enough structure for every pass.
func smallNetwork(_ mode: BuildMode) throws -> Graph {
  var builder = GraphBuilder(mode)
  var x = builder.input("pictures", [4, 3, 8, 8])
  x = try builder.convolution(x, "conv1", channels: 8, kernel: 3, padding: Padding(1))
  x = try builder.batchNormalization(x, "bn1")
  x = try builder.relu(x, "relu")
  x = try builder.maxPooling(x, "maxpool", kernel: 2, stride: 2)
  for block in ["layer1", "layer2"] {
    var y = try builder.convolution(
      x, block + ".conv1", channels: 8, kernel: 3, padding: Padding(1))
    y = try builder.batchNormalization(y, block + ".bn1")
    y = try builder.relu(y, block + ".relu1")
    y = try builder.convolution(y, block + ".conv2", channels: 8, kernel: 3, padding: Padding(1))
    y = try builder.batchNormalization(y, block + ".bn2")
    y = try builder.sum(y, x, block + ".sum")
    x = try builder.relu(y, block + ".relu2")
  }
  x = try builder.globalAveragePooling(x, "avgpool")
  x = try builder.linear(x, "fc", features: 5)
  builder.output("logits", x)
  return builder.graph
}

func operationNames(_ graph: Graph) -> [String] {
  graph.nodes.map { type(of: $0.operation).name }
}
