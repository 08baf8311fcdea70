/// What a picture's values can be between two transforms, for each channel.
///
/// Bounds, not what a certain picture has: a narrow one would need the picture.
package struct ValueRange: Sendable, Hashable {
  /// The least and the greatest value of each channel.
  package let channels: [ClosedRange<Double>]

  package init(channels: [ClosedRange<Double>]) {
    precondition(!channels.isEmpty, "a picture has channels")
    self.channels = channels
  }

  /// A picture's bytes as they come from its file.
  package static let bytes = ValueRange(channels: [0...255, 0...255, 0...255])

  /// The least value of any channel.
  package var lower: Double { channels.reduce(.infinity) { min($0, $1.lowerBound) } }
  /// The greatest value of any channel.
  package var upper: Double { channels.reduce(-.infinity) { max($0, $1.upperBound) } }
}
