import Foundation
import Graphs
import Kernels
import Models
import Tensors
import TestSupport
import XCTest

/// What torch computed of one layer, or of a sequence that is fused: `Tools/golden/layers.py`.
struct LayerGolden: Decodable {
  struct Input: Decodable {
    let shape: [Int]
    let scale, shift: Double
    let levels: Int
  }

  /// Zeros on each side, or TensorFlow's SAME.
  enum Zeros: Decodable {
    case sides([Int])
    case same

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let sides = try? container.decode([Int].self) {
        self = .sides(sides)
      } else {
        guard try container.decode(String.self) == "same" else {
          throw DecodingError.dataCorruptedError(in: container, debugDescription: "no padding")
        }
        self = .same
      }
    }

    func padding(of shape: Shape, kernel: Int, stride: Int) -> Padding {
      switch self {
      case .same:
        .same(height: shape[2], width: shape[3], kernel: kernel, stride: stride)
      case .sides(let sides):
        Padding(top: sides[0], left: sides[1], bottom: sides[2], right: sides[3])
      }
    }
  }

  struct Layer: Decodable {
    let operation, name: String
    let inputs: [String]
    let channels, kernel, stride, groups: Int?
    let padding: Zeros?
    let bias, ceil: Bool?
    let epsilon, momentum: Float?
    /// By how much a batch norm's scale and shift are greater than the formula's.
    let gain: Float?
  }

  let name, component, statistics: String
  let salt: Int
  let inputs: [String: Input]
  let layers: [Layer]
  let frozen: [String]
  /// How many elements each result has.
  let results: [String: Int]
  /// Where another one is allowed than for all.
  let tolerance: Double?

  /// What goes before the names of all that goes in.
  private var key: String { "\(name)#\(salt)/" }
}

// MARK: What goes in

extension LayerGolden {
  /// A parameter, a running statistic, an input, or `given`: the result's gradient.
  func values(_ name: String, _ shape: Shape) -> [Float] {
    let input =
      name == "given"
      ? Input(shape: shape.dimensions, scale: 2, shift: 0, levels: 0) : inputs[name]
    guard let input else {
      let parts = name.split(separator: ".")
      let layer = layers.first { parts[0] == $0.name }
      let gain = parts[1].hasPrefix("running") ? 1 : layer?.gain ?? 1
      return Formula.values(key + name, shape.dimensions).map { $0 * gain }
    }
    return Formula.uniform(key + name, shape.count, levels: input.levels).map {
      Float($0 * input.scale + input.shift)
    }
  }

  /// Everything that a graph reads from a store.
  func store(for graph: Graph) -> ParameterStore {
    let store = ParameterStore()
    for id in graph.parameters + graph.states {
      store.set(graph[id].name, FloatBuffer(values(graph[id].name, graph[id].shape)))
    }
    return store
  }

  /// Everything that a graph is given for a run.
  func runInputs(for graph: Graph) -> [String: ProgramInput] {
    var inputs: [String: ProgramInput] = [:]
    for id in graph.inputs {
      let (name, shape) = (graph[id].name, graph[id].shape)
      inputs[name] = .floats(
        name.hasPrefix("zero ")
          ? FloatBuffer(count: shape.count) : FloatBuffer(values(name, shape)))
    }
    return inputs
  }
}

// MARK: Graphs

extension LayerGolden {
  /// How the graph is made ready.
  enum Form: String, CaseIterable {
    /// Each operation alone, reading values of the graph's own.
    case alone
    /// Folded and fused as `GraphCompiler` does for training.
    case fused
    /// What goes in comes from outside, as a network's first layer sees it, and gets no gradient.
    case first
    /// As `fused`, below everything that is trained: no gradients at all.
    case below
    /// As `GraphCompiler` does for evaluation: no gradients.
    case evaluation
  }

  /// Which forms say anything new about this case.
  var forms: [Form] {
    var forms = [Form.alone]
    if layers.count > 1 || !frozen.isEmpty { forms.append(.fused) }
    if layers[0].operation == "convolution", layers.count < 4 { forms.append(.first) }
    if statistics == "batch" { forms.append(.below) }
    if results["evaluation"] != nil { forms.append(.evaluation) }
    return forms
  }

  /// What a graph of this form must give.
  func outputs(of form: Form) -> Set<String> {
    guard form != .evaluation, form != .below else { return ["y"] }
    let given = form == .first ? Set(inputs.keys.map { "gradient/" + $0 }) : []
    return Set(results.keys.filter { $0 == "y" || $0.hasPrefix("gradient/") }).subtracting(given)
  }

  /// The graph with the output `y`, and `gradient/<name>` of what goes in and of all parameters.
  func graph(_ form: Form) throws -> Graph {
    let frozen = Set(frozen)
    var b = GraphBuilder(
      form == .evaluation
        ? .evaluation
        : BuildMode(
          isTraining: true, frozenBatchNormUsesRunningStatistics: statistics != "batch"
        ) { !frozen.contains($0) })
    var values: [String: ValueID] = [:]
    for (name, input) in inputs.sorted(by: { $0.key < $1.key }) {
      let shape = Shape(input.shape)
      if form == .first {
        values[name] = b.input(name, shape)
      } else if form == .below {
        values[name] = try b.apply(
          ActivationOperation(.none), [b.input(name, shape)], name: name + ".inside")
      } else {
        // A sum is a value of the graph's own, in the layout that the provider prefers; and its
        // first summand, a parameter, gets the gradient of both.
        values[name] = try b.sum(
          b.parameter(name, shape), b.input("zero " + name, shape), name + ".inside")
      }
    }
    for layer in layers {
      values[layer.name] = try add(layer, layer.inputs.map { try XCTUnwrap(values[$0]) }, &b)
    }
    let y = try XCTUnwrap(values[layers[layers.count - 1].name])
    b.output("y", y)

    switch form {
    case .evaluation: return try GraphCompiler.evaluation(b.graph, labelSmoothing: nil)
    case .alone, .first: return try differentiated(b.graph).pruned()
    case .fused, .below:
      return try differentiated(
        b.graph.foldingFrozenBatchNormalization().fusingPointWise()
      ).pruned()
    }
  }

  private func differentiated(_ forward: Graph) throws -> Graph {
    var graph = forward
    let y = try XCTUnwrap(graph.outputs["y"])
    let given = graph.add(
      Value(
        name: "given", shape: graph[y].shape, role: .input, element: .float32, isTrainable: false))
    let seed = try graph.append(ActivationOperation(.none), [given], name: "given.inside")[0]
    let made = try graph.differentiated(from: XCTUnwrap(seed), of: y)
    XCTAssertEqual(made.mistakes(), [], name)
    return made
  }

  private func add(
    _ layer: Layer, _ inputs: [ValueID], _ b: inout GraphBuilder
  ) throws -> ValueID {
    let (x, name) = (inputs[0], layer.name)
    switch layer.operation {
    case "convolution":
      let (kernel, stride) = (try XCTUnwrap(layer.kernel), try XCTUnwrap(layer.stride))
      return try b.convolution(
        x, name, channels: XCTUnwrap(layer.channels), kernel: kernel, stride: stride,
        padding: XCTUnwrap(layer.padding).padding(of: b.shape(x), kernel: kernel, stride: stride),
        groups: XCTUnwrap(layer.groups), bias: XCTUnwrap(layer.bias))
    case "batch_normalization":
      return try b.batchNormalization(
        x, name, epsilon: XCTUnwrap(layer.epsilon), momentum: XCTUnwrap(layer.momentum))
    case "linear":
      let channels = try XCTUnwrap(layer.channels)
      if layer.bias == true { return try b.linear(x, name, features: channels) }
      let weight = b.parameter(name + ".weight", [channels, b.shape(x)[1]])
      return try b.apply(Linear(hasBias: false), [x, weight], name: name)
    case "relu": return try b.relu(x, name)
    case "relu6": return try b.relu6(x, name)
    case "addition": return try b.sum(x, inputs[1], name)
    case "concatenation": return try b.concatenation(inputs, name)
    case "max_pooling":
      let kernel = try XCTUnwrap(layer.kernel)
      return try b.maxPooling(
        x, name, kernel: kernel, stride: XCTUnwrap(layer.stride),
        padding: XCTUnwrap(layer.padding).padding(of: b.shape(x), kernel: kernel, stride: 1).top,
        ceilMode: XCTUnwrap(layer.ceil))
    case "global_average_pooling": return try b.globalAveragePooling(x, name)
    default: throw LayerGoldenError.unknownOperation(layer.operation)
    }
  }
}

// MARK: All of them

/// The goldens of `Goldens/Layers`.
struct LayerGoldens {
  static let folder = "Tests/GoldenTests/Goldens/Layers"

  private struct Content: Decodable {
    let dropout_scales: [String: Float]
    let cases: [LayerGolden]
  }

  let cases: [LayerGolden]
  /// Of the greatest element.
  let tolerance: Double
  /// What torch's dropout makes of a one that it keeps, by probability.
  let dropoutScales: [String: Float]
  private let expected: [String: [String: [Float]]]

  init() throws {
    let path = Places.repository + "/" + Self.folder
    let data = try Data(contentsOf: URL(fileURLWithPath: path + "/cases.json"))
    let content = try JSONDecoder().decode(Content.self, from: data)
    cases = content.cases
    dropoutScales = content.dropout_scales
    tolerance = try XCTUnwrap(GoldenManifest(of: Self.folder).tolerance.number)
    let file = try SafeTensorsFile(path: path + "/layers.safetensors")
    var expected: [String: [String: [Float]]] = [:]
    for golden in cases {
      var rest = try file.floats(golden.name).array[...]
      for (name, count) in golden.results.sorted(by: { $0.key < $1.key }) {
        let length = Self.stored(count)
        guard rest.count >= length else { break }
        expected[golden.name, default: [:]][name] = Array(rest.prefix(length))
        rest = rest.dropFirst(length)
      }
      XCTAssertTrue(rest.isEmpty, "\(golden.name): more results than named")
    }
    self.expected = expected
  }

  // As in the generator.
  private static let (whole, shown, parts) = (80, 64, 16)
  private static func stored(_ count: Int) -> Int {
    count <= whole ? count : 1 + shown + parts
  }
  private static let places = Formula.uniform("places", shown)

  /// The greatest difference of a result from torch's over its greatest element; infinite where
  /// it has another number of elements, or one that is no number.
  ///
  /// Of a large result a digest is compared: some elements, and sums of all elements times a
  /// formula. Where elements differ at random by their rounding, a sum differs by as much as one
  /// of them does times the length of the formula's vector: that is its unit.
  func difference(_ found: [Float], _ name: String, of golden: LayerGolden) -> Double {
    guard let expected = expected[golden.name]?[name], found.count == golden.results[name],
      found.allSatisfy(\.isFinite)
    else { return .infinity }
    let count = found.count
    guard count > Self.whole else { return Parity.relativeDifference(found, expected) }
    let scale = Double(expected[0])
    guard scale > 0 else { return .infinity }
    var greatest = abs(found.reduce(0) { max($0, abs(Double($1))) } - scale)
    for (index, u) in Self.places.enumerated() {
      let place =
        index == 0 ? 0 : index == 1 ? count - 1 : Int(((u + 0.5) * Double(count)).rounded(.down))
      greatest = max(greatest, abs(Double(found[place]) - Double(expected[1 + index])))
    }
    let factors = Formula.uniform("factors", count)
    for part in 0..<Self.parts {
      var (sum, square) = (0.0, 0.0)
      for index in count * part / Self.parts..<count * (part + 1) / Self.parts {
        sum += Double(found[index]) * factors[index]
        square += factors[index] * factors[index]
      }
      let difference = abs(sum - Double(expected[1 + Self.shown + part]))
      greatest = max(greatest, difference / square.squareRoot())
    }
    return greatest / scale
  }
}

enum LayerGoldenError: Error {
  case unknownOperation(String)
}
