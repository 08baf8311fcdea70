import Declarations
import Foundation
import Images
import Tensors
import Transforms
import XCTest

/// A transform of the catalogue with the arguments and the draw of a golden.
struct GoldenStep {
  let name: String
  let arguments: [String: JSONValue]
  let draw: [String: JSONValue]

  /// What comes out: bytes of a picture, or of floats, and the shape.
  struct Output {
    let bytes: [UInt8]
    let shape: [Int]
    let isFloats: Bool

    /// The first 96 bits of the SHA-256 of the bytes.
    var digest: String { GoldenStep.digest(bytes) }
  }

  static func digest(_ bytes: [UInt8]) -> String {
    String(bytes.withUnsafeBytes { SHA256.hex(of: $0) }.prefix(24))
  }

  /// Applies it to the canvas's picture; a step that takes floats gets those of `ToTensor`.
  func output(of canvas: inout Canvas) throws -> Output {
    let type = try XCTUnwrap(TransformCatalogue.type(name))
    return try output(type, of: &canvas)
  }

  private func output<T: Transform>(_ type: T.Type, of canvas: inout Canvas) throws -> Output {
    let step = try T(T.declaration.values(arguments.mapValues(\.declared)))
    let draw = try JSONDecoder().decode(
      T.Draw.self, from: JSONSerialization.data(withJSONObject: draw.mapValues(\.object)))
    let size = canvas.picture.size
    var input = ImageShape(height: size.height, width: size.width)
    let needsTensor = (try? step.outputShape(for: .file)) == nil
    if needsTensor {
      input = ImageShape(element: .floats, height: size.height, width: size.width)
    }
    let output = try step.outputShape(for: input)
    let shape = [output.channels, output.height ?? 0, output.width ?? 0]
    let isFloats = output.element == .floats
    var floats = [Float](repeating: 0, count: isFloats ? shape.reduce(1, *) : 0)
    try floats.withUnsafeMutableBufferPointer { floats in
      try canvas.lend(floats) { canvas in
        if needsTensor { try Self.toTensor(&canvas) }
        step.apply(draw, to: &canvas)
      }
    }
    if !isFloats {
      XCTAssertEqual([3, canvas.picture.height, canvas.picture.width], shape, name)
    }
    return Output(
      bytes: isFloats ? floats.withUnsafeBytes { Array($0) } : canvas.picture.bytes, shape: shape,
      isFloats: isFloats)
  }

  private static func toTensor(_ canvas: inout Canvas) throws {
    guard let type = TransformCatalogue.type("ToTensor") else { return XCTFail("no ToTensor") }
    func apply<T: Transform>(_ type: T.Type) throws {
      let draw = try JSONDecoder().decode(T.Draw.self, from: Data("{}".utf8))
      try T(T.declaration.values([:])).apply(draw, to: &canvas)
    }
    try apply(type)
  }
}
