/// What flows from one transform to the next: bytes of a picture or floats of a tensor, and how large.
package struct ImageShape: Sendable, Hashable {
  package enum Element: Sendable, Hashable {
    /// A picture of bytes, `[H, W, 3]`.
    case bytes
    /// A tensor of floats, `[C, H, W]`, from `ToTensor` on.
    case floats
  }

  package var element: Element
  package var channels: Int
  /// Nil where it depends on the file.
  package var height: Int?
  /// Nil where it depends on the file.
  package var width: Int?

  package init(element: Element = .bytes, channels: Int = 3, height: Int? = nil, width: Int? = nil)
  {
    self.element = element
    self.channels = channels
    self.height = height
    self.width = width
  }

  /// A picture as it comes from its file.
  package static let file = ImageShape()

  /// The same at another size.
  package func sized(height: Int?, width: Int?) -> ImageShape {
    ImageShape(element: element, channels: channels, height: height, width: width)
  }

  /// The shape, given that the transform works on pictures.
  package func picture() throws(TransformError) -> ImageShape {
    guard element == .bytes else { throw .needsPicture }
    return self
  }

  /// The shape, given that the transform works on tensors.
  package func tensor() throws(TransformError) -> ImageShape {
    guard element == .floats else { throw .needsTensor }
    return self
  }
}

extension ImageShape: CustomStringConvertible {
  /// `[3, H, 64]`, with letters for what depends on the file.
  package var description: String {
    let rows = height.map(String.init) ?? "H"
    let columns = width.map(String.init) ?? "W"
    return "[\(channels), \(rows), \(columns)]\(element == .bytes ? " bytes" : "")"
  }
}
