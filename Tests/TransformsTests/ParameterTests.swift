import Declarations
import Diagnostics
import Documents
import Foundation
import Images
import Tensors
import Transforms
import XCTest

/// Arguments of every transform of the catalogue: what is taken, what is refused, and which shapes they give.
final class ParameterTests: XCTestCase {
  /// What `RandomRotation: {…}` decodes to, and the codes of what is wrong with it.
  private func decode(_ text: String) throws -> (value: ComponentValue?, codes: [String]) {
    let (node, syntax) = DocumentParser.parse(SourceText(name: "t.yaml", text: text))
    XCTAssertEqual(syntax.map(\.code.rawValue), [], text)
    var decoder = Decoder(families: [TransformCatalogue.family])
    let value = decoder.component(try XCTUnwrap(node), of: "transform")
    return (value, decoder.diagnostics.map(\.code.rawValue))
  }

  /// Arguments that a transform takes, spelt in YAML, for those it cannot do without.
  private static func required(of declaration: Declaration, but name: String) -> [String] {
    declaration.parameters.filter { $0.defaultValue == nil && $0.name != name }.map {
      "\($0.name): \(inside($0.kind)[0])"
    }
  }

  /// Values at the ends of a kind's range, as YAML spells them.
  private static func inside(_ kind: Kind) -> [String] {
    switch kind {
    case .boolean: return ["true", "false"]
    case .integer(let range): return ["\(range.lowerBound)", "\(range.upperBound)"]
    case .number(let range):
      let lower = range.excludesLower ? range.lower.nextUp : range.lower
      let upper = range.excludesUpper ? range.upper.nextDown : range.upper
      return [
        "\(max(lower, -1e300))", "\(min(upper, 1e300))",
      ]
    case .string: return ["word"]
    case .choice(let words): return words
    case .list(let element, let count):
      return [count.lowerBound, min(count.upperBound, 9)].flatMap { length in
        inside(element).map { value in
          "[" + Array(repeating: value, count: length).joined(separator: ", ") + "]"
        }
      }
    case .either(let kinds): return kinds.flatMap(inside)
    case .optional(let wrapped): return ["null"] + inside(wrapped)
    case .component, .section: return []
    }
  }

  /// Values just outside, or of no kind that is taken.
  private static func outside(_ kind: Kind) -> [String] {
    switch kind {
    case .boolean: return ["yes", "1"]
    case .integer(let range):
      return [
        range.lowerBound == .min ? ".nan" : "\(range.lowerBound - 1)",
        range.upperBound == .max ? ".inf" : "\(range.upperBound + 1)", "1.5",
      ]
    case .number(let range):
      var values = [".nan", ".inf", "-.inf"]
      if range.lower.isFinite {
        values.append("\(range.excludesLower ? range.lower : range.lower.nextDown)")
      }
      if range.upper.isFinite {
        values.append("\(range.excludesUpper ? range.upper : range.upper.nextUp)")
      }
      return values
    case .string: return ["[]"]
    case .choice: return ["no-such-word", "BILINEAR"]
    case .list(let element, let count):
      let good = inside(element)[0]
      func list(_ length: Int) -> String {
        "[" + Array(repeating: good, count: length).joined(separator: ", ") + "]"
      }
      return [list(count.lowerBound - 1), list(count.upperBound + 1)]
        + outside(element).map { value in
          let others = Array(repeating: good, count: count.lowerBound - 1)
          return "[" + (others + [value]).joined(separator: ", ") + "]"
        }
    case .either(let kinds): return kinds.flatMap(outside)
    case .optional(let wrapped): return outside(wrapped)
    case .component, .section: return []
    }
  }

  func testEachParameterIsTakenAtBothEndsAndRefusedOutside() throws {
    for declaration in TransformCatalogue.family.declarations {
      for parameter in declaration.parameters {
        let others = Self.required(of: declaration, but: parameter.name)
        func text(_ value: String) -> String {
          let arguments = others + ["\(parameter.name): \(value)"]
          return "\(declaration.name): {\(arguments.joined(separator: ", "))}"
        }
        let good = Self.inside(parameter.kind)
        XCTAssertFalse(good.isEmpty)
        for value in good {
          let decoded = try decode(text(value))
          XCTAssertEqual(decoded.codes, [], text(value))
          XCTAssertNotNil(decoded.value?.values.entries[parameter.name], text(value))
        }
        for value in Self.outside(parameter.kind) {
          let decoded = try decode(text(value))
          XCTAssertEqual(decoded.codes.count, 1, "\(text(value)) \(decoded.codes)")
          XCTAssertNil(decoded.value?.values.entries[parameter.name], text(value))
        }
      }
    }
  }

  func testDefaultsAreValuesThatCouldBeWritten() throws {
    func text(_ value: DeclaredValue) -> String {
      switch value {
      case .null: "null"
      case .boolean(let value): "\(value)"
      case .integer(let value): "\(value)"
      case .number(let value): "\(value)"
      case .string(let value): value
      case .list(let values): "[" + values.map(text).joined(separator: ", ") + "]"
      case .component(let value): value.name
      }
    }
    for declaration in TransformCatalogue.family.declarations {
      let sets =
        [declaration.parameters.reduce(into: [:]) { $0[$1.name] = $1.defaultValue }]
        + declaration.presets.keys.sorted().compactMap { declaration.presets[$0] }
      for set in sets {
        let others = declaration.parameters.filter { set[$0.name] == nil }
          .map { "\($0.name): \(Self.inside($0.kind)[0])" }
        let arguments = others + set.keys.sorted().map { "\($0): \(set[$0].map(text) ?? "")" }
        let line = "\(declaration.name): {\(arguments.joined(separator: ", "))}"
        let decoded = try decode(declaration.parameters.isEmpty ? declaration.name : line)
        XCTAssertEqual(decoded.codes, [], line)
        for (name, value) in set {
          let read = try XCTUnwrap(decoded.value?.values.entries[name])
          XCTAssertEqual(text(read), text(value), line)
        }
      }
    }
  }

  /// Arguments to try shapes with; a transform that is not here is tried with none.
  private static let variants: [String: [[String: DeclaredValue]]] = [
    "CenterCrop": [
      ["size": .integer(1)], ["size": .integer(4)], ["size": .list([.integer(2), .integer(7)])],
    ],
    "Resize": [
      ["size": .integer(1)], ["size": .integer(5)], ["size": .list([.integer(3), .integer(2)])],
      ["size": .integer(4), "max_size": .integer(5)],
      ["size": .integer(3), "interpolation": .string("nearest")],
    ],
    "RandomResizedCrop": [
      ["size": .integer(1)], ["size": .list([.integer(3), .integer(8)])],
      ["size": .integer(5), "scale": .list([.integer(0), .integer(0)])],
      ["size": .integer(2), "ratio": .list([.integer(4), .integer(5)])],
      ["size": .integer(2), "ratio": .list([.number(0.01), .number(0.02)])],
      ["size": .integer(2), "scale": .list([.number(1e300), .number(1e308)])],
    ],
    "RandomCrop": [
      ["size": .integer(1)], ["size": .integer(4), "pad_if_needed": .boolean(true)],
      ["size": .list([.integer(7), .integer(3)]), "padding": .list([.integer(1), .integer(3)])],
      [
        "size": .integer(6), "padding": .integer(1), "pad_if_needed": .boolean(true),
        "padding_mode": .string("reflect"),
      ],
    ],
    "Pad": [
      ["padding": .integer(0)], ["padding": .list([.integer(2), .integer(1)])],
      [
        "padding": .list([.integer(0), .integer(9), .integer(4), .integer(1)]),
        "padding_mode": .string("symmetric"),
      ],
    ],
    "RandomAffine": [
      ["degrees": .integer(180)],
      [
        "degrees": .integer(9), "translate": .list([.integer(1), .integer(1)]),
        "scale": .list([.number(1e-9), .number(1e9)]),
        "shear": .list([.integer(-90), .integer(90), .integer(-90), .integer(90)]),
      ],
      ["degrees": .number(1e308), "shear": .integer(90), "interpolation": .string("bilinear")],
      ["degrees": .integer(0), "scale": .list([.number(1e-308), .number(1e-300)])],
      ["degrees": .integer(1), "scale": .list([.number(1e-308), .number(1e-300)])],
      ["degrees": .integer(0), "scale": .list([.number(1e-5), .number(2e-5)])],
      ["degrees": .integer(1), "scale": .list([.number(3e-5), .number(5e-5)])],
    ],
    "RandomPerspective": [
      ["p": .integer(1)], ["p": .integer(1), "distortion_scale": .integer(1)],
      [
        "p": .integer(1), "distortion_scale": .integer(1), "interpolation": .string("nearest"),
        "fill": .integer(9),
      ],
    ],
    "GaussianBlur": [
      ["kernel_size": .integer(1)],
      ["kernel_size": .integer(1), "sigma": .number(1e-300)],
    ],
    "RandomErasing": [
      [:], ["p": .integer(1), "value": .string("random")],
      ["p": .integer(1), "scale": .list([.integer(1), .integer(1)])],
      ["p": .integer(1), "ratio": .list([.number(1e-300), .number(1e300)])],
    ],
    "Grayscale": [["num_output_channels": .integer(3)]],
    "RandomRotation": [
      ["degrees": .integer(180)],
      ["degrees": .list([.integer(90), .integer(90)])],
      ["degrees": .integer(30), "interpolation": .string("bilinear")],
    ],
    "ColorJitter": [
      [
        "brightness": .integer(1), "contrast": .integer(1), "saturation": .integer(1),
        "hue": .number(0.5),
      ]
    ],
    "Normalize": [
      ["mean": .list([.number(0.1)]), "std": .list([.number(0.2)])],
      [
        "mean": .list([.number(0.1), .number(0.2), .number(0.3)]),
        "std": .list([.number(1), .number(2), .number(3)]),
      ],
    ],
  ]

  func testTheShapeRuleIsWhatComesOutAndEqualSeedsGiveEqualBytes() throws {
    for type in TransformCatalogue.all {
      for arguments in Self.variants[type.declaration.name] ?? [[:]] {
        for height in 1...7 {
          for width in 1...7 { try checkShape(type, arguments, height, width) }
        }
      }
    }
  }

  func testWhatCannotBeIsRefused() throws {
    func refusal(
      _ name: String, _ arguments: [String: DeclaredValue], height: Int? = nil, width: Int? = nil
    ) throws -> TransformError? {
      let type = try XCTUnwrap(TransformCatalogue.type(name))
      do throws(TransformError) {
        let step = try type.init(type.declaration.values(arguments))
        _ = try step.outputShape(for: ImageShape(height: height, width: width))
        return nil
      } catch {
        return error
      }
    }
    func pair(_ first: Double, _ second: Double) -> DeclaredValue {
      .list([.number(first), .number(second)])
    }
    // Windows larger than the picture, padded or not; where the size is not known yet it is not refused.
    let size: DeclaredValue = .list([.integer(9), .integer(5)])
    XCTAssertEqual(
      try refusal("RandomCrop", ["size": size], height: 8, width: 5),
      .tooLarge("size", 9, limit: 8))
    XCTAssertNil(try refusal("RandomCrop", ["size": size], height: 9, width: 5))
    XCTAssertNil(try refusal("RandomCrop", ["size": size], width: 5))
    let padding: DeclaredValue = .list([.integer(0), .integer(1), .integer(3), .integer(0)])
    XCTAssertEqual(
      try refusal("RandomCrop", ["size": size, "padding": padding], height: 8, width: 1),
      .tooLarge("size", 5, limit: 4))
    XCTAssertNil(
      try refusal("RandomCrop", ["size": size, "padding": padding], height: 8, width: 2))
    XCTAssertNil(
      try refusal(
        "RandomCrop", ["size": size, "pad_if_needed": .boolean(true)], height: 1, width: 1))
    XCTAssertEqual(
      try refusal("Pad", ["padding": .integer(9000)], height: 1, width: 1),
      .tooManyPixels("padding", height: 18001, width: 18001))
    for name in ["scale", "ratio"] {
      XCTAssertEqual(
        try refusal("RandomResizedCrop", ["size": size, name: pair(0.5, 0.25)]),
        .reversed(name, 0.5, 0.25))
      XCTAssertEqual(
        try refusal("RandomErasing", [name: pair(0.5, 0.25)]), .reversed(name, 0.5, 0.25))
    }
    XCTAssertEqual(
      try refusal("RandomAffine", ["degrees": .integer(0), "scale": pair(2, 1)]),
      .reversed("scale", 2, 1))
    let shear: DeclaredValue = .list([.integer(1), .integer(2), .integer(2), .integer(1)])
    XCTAssertEqual(
      try refusal("RandomAffine", ["degrees": .integer(0), "shear": shear]),
      .reversed("shear", 2, 1))
    // A kernel has a middle, and the picture enough pixels to be reflected: [width, height].
    XCTAssertEqual(
      try refusal("GaussianBlur", ["kernel_size": .integer(4)]), .even("kernel_size", 4))
    XCTAssertEqual(
      try refusal("GaussianBlur", ["kernel_size": .integer(3), "sigma": pair(2, 1)]),
      .reversed("sigma", 2, 1))
    let kernel: DeclaredValue = .list([.integer(7), .integer(1)])
    XCTAssertNil(try refusal("GaussianBlur", ["kernel_size": kernel], height: 1, width: 4))
    XCTAssertEqual(
      try refusal("GaussianBlur", ["kernel_size": kernel], height: 4, width: 3),
      .tooLarge("kernel_size", 7, limit: 5))
    // Erasing is for tensors.
    XCTAssertEqual(try refusal("RandomErasing", [:], height: 4, width: 3), .needsTensor)
  }

  func testWhatChangesNothingSaysSo() throws {
    func isIdentity(
      _ name: String, _ arguments: [String: DeclaredValue], _ element: ImageShape.Element = .bytes
    ) throws -> Bool {
      let type = try XCTUnwrap(TransformCatalogue.type(name))
      return try type.init(type.declaration.values(arguments))
        .isIdentity(for: ImageShape(element: element, height: 6, width: 6))
    }
    let (six, zero) = (DeclaredValue.integer(6), DeclaredValue.integer(0))
    XCTAssertTrue(try isIdentity("RandomCrop", ["size": six]))
    XCTAssertTrue(try isIdentity("RandomCrop", ["size": six, "padding": zero]))
    XCTAssertFalse(try isIdentity("RandomCrop", ["size": six, "padding": .integer(1)]))
    XCTAssertFalse(try isIdentity("RandomCrop", ["size": .integer(5)]))
    XCTAssertTrue(try isIdentity("Pad", ["padding": zero]))
    XCTAssertFalse(
      try isIdentity("Pad", ["padding": .list([zero, zero, zero, .integer(1)])]))
    XCTAssertFalse(try isIdentity("RandomResizedCrop", ["size": six]))
    let pair = { (first: Double, second: Double) in
      DeclaredValue.list([.number(first), .number(second)])
    }
    let still = ["degrees": zero, "scale": pair(1, 1), "translate": pair(0, 0), "shear": zero]
    XCTAssertTrue(try isIdentity("RandomAffine", ["degrees": zero]))
    XCTAssertTrue(try isIdentity("RandomAffine", still))
    for (name, value) in [
      ("degrees", pair(0, 1)), ("scale", pair(1, 1.1)), ("translate", pair(0, 0.1)),
      ("shear", pair(0, 1)), ("shear", .list([zero, zero, zero, .integer(1)])),
    ] {
      XCTAssertFalse(try isIdentity("RandomAffine", still.merging([name: value]) { $1 }), name)
    }
    XCTAssertTrue(try isIdentity("RandomPerspective", ["p": zero]))
    XCTAssertTrue(try isIdentity("RandomPerspective", ["distortion_scale": .number(0.3)]))
    XCTAssertFalse(try isIdentity("RandomPerspective", ["distortion_scale": .number(0.34)]))
    XCTAssertTrue(try isIdentity("GaussianBlur", ["kernel_size": .integer(1)]))
    XCTAssertFalse(try isIdentity("GaussianBlur", ["kernel_size": .integer(3)]))
    XCTAssertTrue(try isIdentity("RandomErasing", ["p": zero], .floats))
    XCTAssertTrue(
      try isIdentity("RandomErasing", ["scale": .list([zero, zero])], .floats))
    XCTAssertFalse(try isIdentity("RandomErasing", [:], .floats))
    XCTAssertFalse(try isIdentity("Grayscale", ["num_output_channels": .integer(3)]))
  }

  /// torchvision's solver fails there, or rounding decides what comes out.
  func testCornersOnALineLeaveThePicture() {
    func matrix(_ corners: [Int], _ side: Int) -> PerspectiveMatrix? {
      PerspectiveMatrix(
        from: stride(from: 0, to: 8, by: 2).map { (corners[$0], corners[$0 + 1]) },
        toCornersOf: PictureSize(height: side, width: side))
    }
    for corners in [
      [0, 0, 2, 2, 4, 4, 0, 5], [1, 1, 1, 1, 4, 4, 0, 5], [0, 0, 5, 0, 5, 5, 3, 3],
      [1, 2, 3, 2, 4, 2, 0, 2],
    ] {
      XCTAssertEqual(matrix(corners, 6) == nil, true, "\(corners)")
    }
    XCTAssertNotNil(matrix([1, 0, 5, 1, 4, 4, 0, 5], 6))
    // The largest that there are.
    XCTAssertNotNil(matrix([8000, 8100, 8300, 8001, 16000, 16300, 12, 9000], 16384))
  }

  func testOneStandardDeviationLeavesNothingToChance() throws {
    func isRandom(_ sigma: DeclaredValue) throws -> Bool {
      let type = try XCTUnwrap(TransformCatalogue.type("GaussianBlur"))
      return try type.init(
        type.declaration.values(["kernel_size": .integer(3), "sigma": sigma])
      ).isRandom
    }
    XCTAssertFalse(try isRandom(.number(1.5)))
    XCTAssertFalse(try isRandom(.list([.number(1.5), .number(1.5)])))
    XCTAssertTrue(try isRandom(.list([.number(1.5), .number(1.6)])))
  }

  private func checkShape<T: Transform>(
    _ type: T.Type, _ arguments: [String: DeclaredValue], _ height: Int, _ width: Int
  ) throws {
    let label = "\(T.declaration.name) \(arguments) \(height) x \(width)"
    let step = try T(T.declaration.values(arguments))
    let takesFloats = (try? step.outputShape(for: .file)) == nil
    let input = ImageShape(
      element: takesFloats ? .floats : .bytes, height: height, width: width)
    let output = try step.outputShape(for: input)
    // What is not known before is not known after, or is the same for all.
    let early = try step.outputShape(for: ImageShape(element: input.element))
    XCTAssertTrue(early.height == nil || early.height == output.height, label)
    XCTAssertTrue(early.width == nil || early.width == output.width, label)

    func run() throws -> (size: PictureSize, bytes: [UInt8]) {
      var canvas = Canvas()
      canvas.picture = TestPicture.make(width, height, 2)
      var floats = (0..<3 * height * width).map { Float($0) / 100 }
      var stream = RandomStream(seed: 3, purpose: .test, [UInt64(height), UInt64(width)])
      floats.withUnsafeMutableBufferPointer { floats in
        canvas.lend(floats) { canvas in
          step.apply(
            step.draw(for: PictureSize(height: height, width: width), from: &stream), to: &canvas)
        }
      }
      let bytes =
        output.element == .floats ? floats.withUnsafeBytes { Array($0) } : canvas.picture.bytes
      return (canvas.picture.size, bytes)
    }
    let first = try run()
    XCTAssertEqual(first.size.height, output.height, label)
    XCTAssertEqual(first.size.width, output.width, label)
    XCTAssertEqual(output.channels, 3, label)
    XCTAssertEqual(first.bytes, try run().bytes, label)
  }
}
