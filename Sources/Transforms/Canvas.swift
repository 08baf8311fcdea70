import Images

/// A worker's memory: the picture on its way through a pipeline, what is behind it, and where the floats go.
///
/// Everything is kept from picture to picture, so that steady work allocates nothing.
package struct Canvas: ~Copyable {
  /// The picture as it is now.
  package var picture = Picture()
  /// Where `ToTensor` writes: `[C, H, W]`, with the picture's size.
  package private(set) var floats = UnsafeMutableBufferPointer<Float>(start: nil, count: 0)

  private var spare = Picture()
  private var resizer = Resizer()

  package init() {}

  /// Resizes the picture.
  package mutating func resize(height: Int, width: Int, _ interpolation: Interpolation) {
    spare.resize(width: width, height: height)
    resizer.resize(picture, into: &spare, interpolation)
    swap(&picture, &spare)
  }

  /// Replaces the picture by a new one of the given size, written by `body` from the old.
  package mutating func redraw(
    height: Int, width: Int, _ body: (borrowing Picture, inout Picture) -> Void
  ) {
    spare.resize(width: width, height: height)
    body(picture, &spare)
    swap(&picture, &spare)
  }

  /// Lends the canvas a tensor to write to, for the length of a call.
  package mutating func lend<Failure: Error>(
    _ destination: UnsafeMutableBufferPointer<Float>,
    _ body: (inout Canvas) throws(Failure) -> Void
  ) throws(Failure) {
    floats = destination
    defer { floats = UnsafeMutableBufferPointer(start: nil, count: 0) }
    try body(&self)
  }
}
