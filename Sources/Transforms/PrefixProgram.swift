import CShims
import Declarations
import Tensors

/// What makes the bytes that a pipeline has before chance or floats come in, as text: the key of cached pictures.
///
/// Equal programs give equal bytes for equal files.
package struct PrefixProgram: Sendable, Hashable {
  /// The version of all code that makes pixels from files: decoding and every transform of bytes.
  ///
  /// To be raised with each change of a pixel that any of them makes: old cached pictures are not looked at then.
  package static let pixelVersion = 1

  /// A line for each thing that decides: versions, decoding, then a transform on each line.
  package let text: String

  init(_ components: some Sequence<ComponentValue>, _ decoding: Decoding) {
    let libraries =
      "libjpeg \(String(cString: xr_jpeg_version())), "
      + "libpng \(String(cString: xr_png_version()))"
    let lines =
      ["pixels \(Self.pixelVersion)", libraries, "decode \(decoding.rawValue)"]
      + components.map(\.json)
    text = lines.map { $0 + "\n" }.joined()
  }

  /// Thirty-two hexadecimal digits of the text's SHA-256: a folder's name.
  package var key: String { String(SHA256.hex(of: text).prefix(32)) }

  /// The transforms among a program's lines, for people: `Resize(size=[72,72])`; `decoded` where there are none; with
  /// `decode: fast, ` in front where that is so.
  package static func summary(of text: String) -> String {
    let decoding = text.contains("\ndecode fast\n") ? "decode: fast, " : ""
    let steps = text.split(separator: "\n").filter { $0.hasPrefix("{\"") }.map { line in
      line.dropFirst(2).dropLast(2).replacing("\":{", with: "(", maxReplacements: 1)
        .replacing(",\"", with: ", ").replacing("\":", with: "=").replacing("\"", with: "") + ")"
    }
    return steps.isEmpty ? "decoded" : decoding + steps.joined(separator: ", ")
  }
}

extension Pipeline {
  /// How many components at the beginning are functions of the file alone and give bytes.
  package var prefixCount: Int {
    steps.indices.first { steps[$0].isRandom || shapes[$0].element != .bytes } ?? steps.count
  }

  /// What the first `prefixCount` components do to a file.
  package var prefix: PrefixProgram {
    // Where nothing is decoded smaller, the bytes are those of exact decoding.
    PrefixProgram(components.prefix(prefixCount), decodedSize == nil ? .exact : .fast)
  }

  /// Runs the canvas's picture through the first `prefixCount` steps.
  ///
  /// - Throws: where a picture's size is one that a step cannot take.
  package func runPrefix(on canvas: inout Canvas) throws(PipelineError) {
    // They draw nothing, so any place gives the same.
    try run(0..<prefixCount, on: &canvas, seed: 0, at: SamplePlace(phase: 0, epoch: 0, sample: 0))
  }
}
