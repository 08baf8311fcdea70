import Declarations
import Foundation
import Images
import Tensors
import Transforms
import XCTest

/// What holds for every transform of the catalogue.
final class ConformanceTests: XCTestCase {
  func testDeclarationsAreCompleteAndDistinct() {
    let names = TransformCatalogue.all.map { $0.declaration.name }
    XCTAssertEqual(Set(names).count, names.count)
    for type in TransformCatalogue.all {
      let declaration = type.declaration
      XCTAssertEqual(declaration.name, "\(type)", "the type has the name that YAML has")
      XCTAssertFalse(declaration.doc.isEmpty)
      XCTAssertTrue(declaration.mirrors.hasPrefix("torchvision.transforms."), declaration.name)
      for parameter in declaration.parameters { XCTAssertFalse(parameter.doc.isEmpty) }
      XCTAssertEqual(
        Set(declaration.parameters.map(\.name)).count, declaration.parameters.count)
    }
  }

  private static let pipeline = [
    component("RandomResizedCrop", ["size": .list([.integer(24), .integer(20)])]),
    component("Pad", ["padding": .integer(2)]),
    component("RandomCrop", ["size": .list([.integer(22), .integer(23)])]),
    component(
      "RandomAffine", ["degrees": .integer(20), "translate": .list([.number(0.1), .number(0.2)])]),
    component("RandomPerspective", ["p": .integer(1)]),
    component("RandomRotation", ["degrees": .integer(45)]),
    component("CenterCrop", ["size": .integer(16)]),
    component("RandomHorizontalFlip"), component("RandomVerticalFlip"),
    component(
      "ColorJitter",
      [
        "brightness": .number(0.2), "contrast": .number(0.1), "saturation": .number(0.1),
        "hue": .number(0.1),
      ]),
    component("RandomGrayscale", ["p": .number(0.5)]),
    component("GaussianBlur", ["kernel_size": .integer(3)]), component("ToTensor"),
    component("RandomErasing", ["p": .integer(1), "value": .string("random")]),
    component(
      "Normalize",
      ["mean": .list([.number(0.5)]), "std": .list([.number(0.5)])]),
  ]

  private static func component(
    _ name: String, _ arguments: [String: DeclaredValue] = [:]
  ) -> ComponentValue {
    guard let type = TransformCatalogue.type(name) else { preconditionFailure(name) }
    return ComponentValue(name: name, values: type.declaration.values(arguments))
  }

  private func run(_ pipeline: Pipeline, seed: UInt64, _ place: SamplePlace) throws -> [Float] {
    var canvas = Canvas()
    canvas.picture = TestPicture.make(41, 33, 1)
    var floats = [Float](repeating: 0, count: pipeline.outputShape.count)
    try floats.withUnsafeMutableBufferPointer {
      try pipeline.run(on: &canvas, seed: seed, at: place, into: $0)
    }
    return floats
  }

  func testDrawsAreAFunctionOfSeedAndPlace() throws {
    let pipeline = try Pipeline(Self.pipeline)
    XCTAssertEqual(pipeline.outputShape, [3, 16, 16])
    XCTAssertTrue(pipeline.isRandom)
    let place = SamplePlace(phase: 0, epoch: 0, sample: 7)
    let first = try run(pipeline, seed: 1, place)
    XCTAssertEqual(first, try run(pipeline, seed: 1, place))
    for (seed, other) in [
      (2, place), (1, SamplePlace(phase: 1, epoch: 0, sample: 7)),
      (1, SamplePlace(phase: 0, epoch: 1, sample: 7)),
      (1, SamplePlace(phase: 0, epoch: 0, sample: 8)),
    ] as [(UInt64, SamplePlace)] {
      XCTAssertNotEqual(first, try run(pipeline, seed: seed, other))
    }
  }

  /// Chi-square over 10 equal parts of each uniform draw; 27.9 (9 degrees of freedom) is exceeded once in 1,000
  /// seeds, and the seeds are fixed.
  private func assertUniform(_ draws: [Double], _ low: Double, _ high: Double, _ label: String) {
    var counts = [Int](repeating: 0, count: 10)
    for draw in draws {
      XCTAssertTrue(low <= draw && draw <= high, label)
      counts[min(9, Int((draw - low) / (high - low) * 10))] += 1
    }
    let expected = Double(draws.count) / 10
    let chi = counts.reduce(0.0) {
      $0 + (Double($1) - expected) * (Double($1) - expected) / expected
    }
    XCTAssertLessThan(chi, 27.9, label)
  }

  func testDrawsAreDistributedAsTorchvisions() throws {
    let count = 5000
    let angles = try draws(
      "RandomRotation", ["degrees": .list([.integer(-10), .integer(30)])], count)
    assertUniform(angles.compactMap { $0["angle"] as? Double }, -10, 30, "angle")

    let made = try draws(
      "ColorJitter",
      [
        "brightness": .number(0.2), "contrast": .number(0.1), "saturation": .number(0.3),
        "hue": .number(0.1),
      ], count)
    for (name, low, high) in [
      ("brightness", 0.8, 1.2), ("contrast", 0.9, 1.1), ("saturation", 0.7, 1.3),
      ("hue", -0.1, 0.1),
    ] {
      let factors = made.compactMap { $0[name] as? Double }
      XCTAssertEqual(factors.count, count)
      assertUniform(factors, low, high, name)
    }
    // The 24 orders are equally likely: 49.7 with 23 degrees of freedom is exceeded once in 1,000 seeds.
    let orders = Dictionary(grouping: made, by: { "\($0["order"] ?? "")" }).mapValues(\.count)
    XCTAssertEqual(orders.count, 24)
    let expected = Double(count) / 24
    let chi = orders.values.reduce(0.0) {
      $0 + (Double($1) - expected) * (Double($1) - expected) / expected
    }
    XCTAssertLessThan(chi, 49.7)

    // Four standard deviations of a binomial share.
    for p in [0.0, 0.025, 0.5, 1.0] {
      for (name, flag) in [
        ("RandomHorizontalFlip", "flips"), ("RandomVerticalFlip", "flips"),
        ("RandomGrayscale", "turnsGrey"),
      ] {
        let share = try draws(name, ["p": .number(p)], count).filter { $0[flag] as? Bool == true }
          .count
        XCTAssertEqual(
          Double(share) / Double(count), p,
          accuracy: 4 * (p * (1 - p) / Double(count)).squareRoot(), name)
      }
    }
  }

  /// The draws of a transform as JSON spells them, each from a stream of its own.
  private func draws(
    _ name: String, _ arguments: [String: DeclaredValue], _ count: Int
  ) throws -> [[String: Any]] {
    let type = try XCTUnwrap(TransformCatalogue.type(name))
    return try draws(type, arguments, count)
  }

  private func draws<T: Transform>(
    _ type: T.Type, _ arguments: [String: DeclaredValue], _ count: Int
  ) throws -> [[String: Any]] {
    let step = try T(T.declaration.values(arguments))
    let size = PictureSize(height: 20, width: 30)
    return try (0..<count).map { number in
      var stream = RandomStream(seed: 11, purpose: .test, [UInt64(number)])
      let data = try JSONEncoder().encode(step.draw(for: size, from: &stream))
      return try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
    }
  }

  func testWrongOrderAndSizesAreRefused() {
    XCTAssertThrowsError(try Pipeline([Self.component("Resize", ["size": .integer(64)])]))
    XCTAssertThrowsError(
      try Pipeline([
        Self.component("Resize", ["size": .integer(64)]), Self.component("ToTensor"),
      ]), "one side is not known")
    XCTAssertThrowsError(
      try Pipeline([
        Self.component("ToTensor"), Self.component("CenterCrop", ["size": .integer(8)]),
      ]))
  }
}
