import Declarations
import Images
import Tensors
import TestSupport
import Transforms
import XCTest

/// The part of a pipeline before chance and floats, whose bytes are cached: it and the rest give what the whole gives.
final class PrefixTests: XCTestCase {
  /// At least one set of arguments for each transform of bytes; chance included and left out.
  private static let arguments: [String: [[String: DeclaredValue]]] = [
    "CenterCrop": [["size": .integer(19)], ["size": .list([.integer(15), .integer(30)])]],
    "ColorJitter": [
      [:], ["brightness": .number(0.3), "hue": .number(0.2)], ["saturation": .number(0.5)],
    ],
    "GaussianBlur": [
      ["kernel_size": .integer(3)], ["kernel_size": .integer(5), "sigma": .number(1.5)],
    ],
    "Grayscale": [["num_output_channels": .integer(3)]],
    "Pad": [["padding": .integer(3)], ["padding": .integer(2), "fill": .integer(90)]],
    "RandomAffine": [["degrees": .integer(20)], ["degrees": .integer(0)]],
    "RandomCrop": [["size": .integer(18), "pad_if_needed": .boolean(true)]],
    "RandomGrayscale": [["p": .number(0.5)], ["p": .number(0)], ["p": .number(1)]],
    "RandomHorizontalFlip": [[:], ["p": .number(0)]],
    "RandomPerspective": [[:], ["p": .number(1)]],
    "RandomResizedCrop": [["size": .integer(20)]],
    "RandomRotation": [["degrees": .integer(30)], ["degrees": .integer(0)]],
    "RandomVerticalFlip": [[:]],
    "Resize": [
      ["size": .integer(21)], ["size": .list([.integer(24), .integer(18)])],
      ["size": .integer(17), "interpolation": .string("bicubic"), "max_size": .integer(40)],
    ],
  ]
  /// They give or take floats, so they are never before `ToTensor`; the ends below have them.
  private static let ofTensors: Set<String> = ["Normalize", "RandomErasing", "ToTensor"]

  private static func component(
    _ name: String, _ arguments: [String: DeclaredValue] = [:]
  ) -> ComponentValue {
    guard let type = TransformCatalogue.type(name) else { preconditionFailure(name) }
    return ComponentValue(name: name, values: type.declaration.values(arguments))
  }

  private static let steps: [ComponentValue] = arguments.sorted { $0.key < $1.key }.flatMap {
    name, sets in sets.map { component(name, $0) }
  }
  private static let ends: [[ComponentValue]] = [
    [component("CenterCrop", ["size": .integer(16)]), component("ToTensor")],
    [
      component("Resize", ["size": .list([.integer(15), .integer(16)])]), component("ToTensor"),
      component("RandomErasing", ["p": .integer(1), "value": .string("random")]),
      component("Normalize", ["mean": .list([.number(0.5)]), "std": .list([.number(0.25)])]),
    ],
  ]

  func testEveryTransformIsTried() {
    for type in TransformCatalogue.all {
      let name = type.declaration.name
      XCTAssertTrue(
        Self.arguments[name] != nil || Self.ofTensors.contains(name),
        "give '\(name)' arguments in PrefixTests: its pictures are cached where it is not random")
    }
  }

  private func floats(
    _ pipeline: Pipeline, _ canvas: inout Canvas, from first: Int, _ place: SamplePlace
  ) throws -> [Float] {
    var floats = [Float](repeating: -7, count: pipeline.outputShape.count)
    try floats.withUnsafeMutableBufferPointer {
      try pipeline.run(on: &canvas, from: first, seed: 3, at: place, into: $0)
    }
    return floats
  }

  /// Runs the whole and the parts, the second with nothing but the bytes that the first left.
  private func assertSplits(_ components: [ComponentValue], salt: Int) throws {
    let pipeline = try Pipeline(components)
    let words = components.map(\.json).joined(separator: " ")
    for (width, height) in [(41, 33), (18, 55)] {
      var first = Canvas()
      first.picture = TestPicture.make(width, height, salt)
      try pipeline.runPrefix(on: &first)
      for number in 1...2 {
        let place = SamplePlace(phase: number, epoch: salt % 5, sample: UInt64(salt + number))
        var whole = Canvas()
        whole.picture = TestPicture.make(width, height, salt)
        var rest = Canvas()
        rest.picture.assign(first.picture)
        XCTAssertTrue(
          try floats(pipeline, &whole, from: 0, place)
            == floats(pipeline, &rest, from: pipeline.prefixCount, place),
          "\(words) on \(width) x \(height): \(pipeline.prefixCount) steps in the prefix")
      }
    }
  }

  func testPrefixAndRestAreTheWholeForAllPairs() throws {
    for end in Self.ends {
      try assertSplits(end, salt: 1)
      for (one, first) in Self.steps.enumerated() {
        try assertSplits([first] + end, salt: one)
        for second in Self.steps { try assertSplits([first, second] + end, salt: one) }
      }
    }
  }

  func testPrefixAndRestAreTheWholeForRandomLists() throws {
    var stream = RandomStream(seed: 20, purpose: .test)
    for number in 0..<400 {
      let steps = (0..<3 + number % 3).map { _ in
        Self.steps[stream.integer(in: 0...Self.steps.count - 1)]
      }
      try assertSplits(steps + Self.ends[number % 2], salt: number)
    }
  }

  func testWhereThePrefixEnds() throws {
    let resize = Self.component("Resize", ["size": .integer(20)])
    let crop = Self.component("CenterCrop", ["size": .integer(16)])
    let flip = Self.component("RandomHorizontalFlip")
    let tensor = Self.component("ToTensor")
    let blur = Self.component(
      "GaussianBlur", ["kernel_size": .integer(3), "sigma": .number(1)])
    let chanceBlur = Self.component("GaussianBlur", ["kernel_size": .integer(3)])
    for (components, count) in [
      ([crop, tensor], 1), ([resize, crop, flip, tensor], 2), ([flip, crop, tensor], 0),
      ([resize, blur, crop, tensor], 3), ([resize, chanceBlur, crop, tensor], 1),
    ] {
      XCTAssertEqual(try Pipeline(components).prefixCount, count)
    }
  }

  func testTheProgramIsWhatDecidesThePrefixAlone() throws {
    func program(_ size: Int, _ rest: [ComponentValue]) throws -> PrefixProgram {
      try Pipeline(
        [Self.component("Resize", ["size": .list([.integer(size), .integer(20)])])] + rest
      )
      .prefix
    }
    let flip = Self.component("RandomHorizontalFlip")
    let rotation = Self.component("RandomRotation", ["degrees": .integer(9)])
    let tensor = Self.component("ToTensor")
    let base = try program(20, [flip, tensor])
    XCTAssertEqual(base, try program(20, [rotation, tensor]))
    XCTAssertEqual(base.key, try program(20, [tensor]).key)
    XCTAssertNotEqual(base.key, try program(21, [flip, tensor]).key)
    XCTAssertEqual(base.key.utf8.count, 32)
    XCTAssertTrue(base.text.hasPrefix("pixels \(PrefixProgram.pixelVersion)\n"), base.text)
    XCTAssertTrue(
      base.text.hasSuffix(
        "\ndecode exact\n{\"Resize\":{\"interpolation\":\"bilinear\",\"max_size\":null,\"size\":[20,20]}}\n"
      ),
      base.text)
    XCTAssertEqual(
      PrefixProgram.summary(of: base.text),
      "Resize(interpolation=bilinear, max_size=null, size=[20,20])")
    let crop = Self.component("RandomResizedCrop", ["size": .integer(20)])
    XCTAssertEqual(
      PrefixProgram.summary(of: try Pipeline([crop, tensor]).prefix.text), "decoded")
  }
}
