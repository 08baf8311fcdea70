import CShims
import Glibc

/// Red, green and blue bytes, row by row (`[H, W, 3]`), in memory that is kept when the size changes.
package struct Picture: ~Copyable, @unchecked Sendable {
  // Safe to send: the memory has this one owner, and views of it end with the calls that make them.
  var pixels: xr_pixels

  /// A black picture.
  package init(width: Int = 0, height: Int = 0) {
    pixels = xr_pixels()
    resize(width: width, height: height)
    if let bytes = pixels.bytes { memset(bytes, 0, byteCount) }
  }

  deinit {
    var pixels = pixels
    xr_pixels_free(&pixels)
  }

  package var width: Int { Int(pixels.width) }
  package var height: Int { Int(pixels.height) }
  package var size: PictureSize { PictureSize(height: height, width: width) }

  /// The number of bytes: three for each pixel.
  package var byteCount: Int { width * height * 3 }

  /// Gives the picture another size; its pixels are undefined afterwards.
  package mutating func resize(width: Int, height: Int) {
    precondition(
      width >= 0 && height >= 0 && width * height <= Picture.pixelLimit,
      "sizes of pictures are checked before")
    guard xr_pixels_reserve(&pixels, Int32(width), Int32(height)) == XR_OK else {
      fatalError("out of memory for \(width) x \(height) pixels")
    }
  }

  /// As in PIL, larger pictures are taken for an attack on the memory: 2 x 1024^3 / 4 / 3 pixels.
  package static let pixelLimit = 178_956_970

  /// The bytes, for the length of a call.
  package borrowing func withBytes<Result, Failure: Error>(
    _ body: (UnsafePointer<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    guard let bytes = pixels.bytes else { preconditionFailure("pictures always have memory") }
    return try body(UnsafePointer(bytes))
  }

  /// The bytes to be written, for the length of a call.
  package mutating func withMutableBytes<Result, Failure: Error>(
    _ body: (UnsafeMutablePointer<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    guard let bytes = pixels.bytes else { preconditionFailure("pictures always have memory") }
    return try body(bytes)
  }

  /// Makes the picture a copy of another.
  package mutating func assign(_ other: borrowing Picture) {
    resize(width: other.width, height: other.height)
    let count = other.byteCount
    other.withBytes { source in withMutableBytes { _ = memcpy($0, source, count) } }
  }

  /// A copy of the bytes.
  package var bytes: [UInt8] {
    withBytes { Array(UnsafeBufferPointer(start: $0, count: byteCount)) }
  }

  /// A picture of given bytes.
  package init(width: Int, height: Int, bytes: [UInt8]) {
    self.init(width: width, height: height)
    precondition(bytes.count == byteCount, "three bytes for each pixel")
    withMutableBytes { target in
      for (index, byte) in bytes.enumerated() { target[index] = byte }
    }
  }
}

/// Height and width in pixels.
package struct PictureSize: Sendable, Hashable {
  package var height: Int
  package var width: Int
  package init(height: Int, width: Int) {
    self.height = height
    self.width = width
  }
}
