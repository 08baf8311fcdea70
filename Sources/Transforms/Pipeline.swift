import Declarations
import Images
import Tensors

/// A checked list of transforms, from a picture of any size to a tensor of a known one.
package struct Pipeline: Sendable {
  package let components: [ComponentValue]
  /// The shape after each component.
  package let shapes: [ImageShape]
  /// The values that are possible after each component.
  package let ranges: [ValueRange]
  let steps: [any Transform]
  /// How pictures get here.
  package let decoding: Decoding

  /// - Throws: at the first component that cannot stand where it stands.
  package init(
    _ components: [ComponentValue], decoding: Decoding = .exact
  ) throws(PipelineError) {
    var steps: [any Transform] = []
    var shapes: [ImageShape] = []
    var ranges: [ValueRange] = []
    var shape = ImageShape.file
    var range = ValueRange.bytes
    for (index, component) in components.enumerated() {
      guard let type = TransformCatalogue.type(component.name) else {
        throw .unknown(index, component.name)
      }
      do {
        let step = try type.init(component.values)
        shape = try step.outputShape(for: shape)
        range = step.outputRange(for: range)
        steps.append(step)
        shapes.append(shape)
        ranges.append(range)
      } catch {
        throw .step(index, component.name, error)
      }
    }
    guard shape.element == .floats else { throw .noTensor(count: components.count) }
    guard shape.height != nil, shape.width != nil else { throw .sizeUnknown(shape) }
    self.components = components
    self.steps = steps
    self.shapes = shapes
    self.ranges = ranges
    self.decoding = decoding
  }

  /// The tensor's shape; its lengths are known.
  package var outputShape: Shape {
    guard let shape = shapes.last, let height = shape.height, let width = shape.width else {
      preconditionFailure("checked when the pipeline was made")
    }
    return [shape.channels, height, width]
  }

  /// Whether two passes over a picture may differ.
  package var isRandom: Bool { !randomSteps.isEmpty }

  /// The components that leave something to chance, by index.
  package var randomSteps: [Int] { steps.indices.filter { steps[$0].isRandom } }

  /// The components that change no picture where they stand, by index.
  package var identities: [Int] {
    steps.indices.filter { index in
      steps[index].isIdentity(for: index == 0 ? .file : shapes[index - 1])
    }
  }

  /// Runs the canvas's picture through the steps; the tensor lands in `destination`.
  ///
  /// The result depends on the picture, the seed and the place alone. The canvas's picture is used up.
  /// - Parameter first: how many steps the picture has behind it: none, or `prefixCount`.
  /// - Throws: where a picture's size, not known before, is one that a step cannot take.
  package func run(
    on canvas: inout Canvas, from first: Int = 0, seed: UInt64, at place: SamplePlace,
    into destination: UnsafeMutableBufferPointer<Float>
  ) throws(PipelineError) {
    precondition(destination.count == outputShape.count, "the destination has the tensor's size")
    try canvas.lend(destination) { (canvas: inout Canvas) throws(PipelineError) in
      try run(first..<steps.count, on: &canvas, seed: seed, at: place)
    }
  }

  /// Runs some steps. A step's draws depend on its place among all, so a part draws what the whole would.
  func run(
    _ part: Range<Int>, on canvas: inout Canvas, seed: UInt64, at place: SamplePlace
  ) throws(PipelineError) {
    var isSizeKnown = part.lowerBound > 0 && hasKnownSize(after: part.lowerBound - 1)
    for index in part {
      let step = steps[index]
      if !isSizeKnown {
        try check(step, index, canvas.picture.size)
        isSizeKnown = hasKnownSize(after: index)
      }
      var stream = RandomStream(
        seed: seed, purpose: .augmentation,
        UInt64(place.phase), UInt64(place.epoch), place.sample, UInt64(index))
      step.run(on: &canvas, drawingFrom: &stream)
    }
  }

  private func hasKnownSize(after index: Int) -> Bool {
    shapes[index].height != nil && shapes[index].width != nil
  }

  private func check(
    _ step: any Transform, _ index: Int, _ size: PictureSize
  ) throws(PipelineError) {
    do {
      _ = try step.outputShape(for: ImageShape(height: size.height, width: size.width))
    } catch {
      throw .step(index, components[index].name, error)
    }
  }
}

/// Which use of which sample: what random numbers are a function of, beside the seed and the step.
package struct SamplePlace: Sendable, Hashable {
  package var phase: Int
  package var epoch: Int
  /// The sample's identity, which does not change when other samples come or go.
  package var sample: UInt64

  package init(phase: Int, epoch: Int, sample: UInt64) {
    self.phase = phase
    self.epoch = epoch
    self.sample = sample
  }
}
