import CPixels
import Images

extension Pipeline {
  /// Runs the canvas's picture through the steps as `run` does, and shows it as it is after each of them.
  ///
  /// A tensor is shown as the picture that it stands for: normalisation is undone for the eye, so what a step erased or
  /// added is what one sees. The canvas's picture is used up.
  /// - Parameter show: the step's place, and the picture after it, for the length of the call.
  /// - Throws: where a picture's size is one that a step cannot take; steps before it were shown.
  package func preview(
    on canvas: inout Canvas, seed: UInt64, at place: SamplePlace,
    _ show: (_ step: Int, _ picture: borrowing Picture) -> Void
  ) throws(PipelineError) {
    let tensor = UnsafeMutableBufferPointer<Float>.allocate(capacity: outputShape.count)
    tensor.initialize(repeating: 0)
    defer { tensor.deallocate() }
    var shown = Picture()
    // The values that a byte of 0 and of 255 has become.
    var range = ValueRange.bytes
    try canvas.lend(tensor) { (canvas: inout Canvas) throws(PipelineError) in
      for index in steps.indices {
        try run(index..<index + 1, on: &canvas, seed: seed, at: place)
        // What erases or adds noise widens the range of values, and moves none of the others.
        if steps[index] is ToTensor || steps[index] is Normalize {
          range = steps[index].outputRange(for: range)
        }
        guard shapes[index].element == .floats else {
          show(index, canvas.picture)
          continue
        }
        shown.resize(width: canvas.picture.width, height: canvas.picture.height)
        Self.draw(canvas.floats, range, into: &shown)
        show(index, shown)
      }
    }
  }

  /// Writes `[3, H, W]` floats as bytes.
  private static func draw(
    _ floats: UnsafeMutableBufferPointer<Float>, _ range: ValueRange, into picture: inout Picture
  ) {
    let count = picture.width * picture.height
    picture.withMutableBytes { bytes in
      for channel in 0..<3 {
        let low = range.channels[channel].lowerBound
        let width = range.channels[channel].upperBound - low
        for pixel in 0..<count {
          let share = (Double(floats[channel * count + pixel]) - low) / width
          bytes[pixel * 3 + channel] =
            share.isFinite ? UInt8(max(0, min(255, (share * 255).rounded()))) : 0
        }
      }
    }
  }
}
