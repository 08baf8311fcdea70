import CShims

extension Picture {
  /// Replaces the pixels by those of a JPEG or PNG file in memory, whatever its name is.
  ///
  /// The result is that of PIL's `Image.open(file).convert("RGB")`: alpha and orientation are dropped.
  /// Differs from PIL: a JPEG file whose coded data is damaged is an error, where PIL makes pixels up.
  /// - Parameter least: what a JPEG file is decoded for: at a half, a quarter or an eighth of its size, as small as
  ///   neither side falls below this. PIL's `draft` does the same.
  /// - Returns: the format that the content has.
  @discardableResult
  package mutating func decode(
    _ file: UnsafeRawBufferPointer, atLeast least: PictureSize? = nil
  ) throws(PictureError) -> PictureFormat {
    guard let start = file.baseAddress, !file.isEmpty else { throw .empty }
    guard let format = PictureFormat(of: file) else { throw .notAPicture }
    guard format.isReadable else { throw .otherFormat(format) }
    let data = start.assumingMemoryBound(to: UInt8.self)
    let outcome = withUnsafeTemporaryAllocation(
      of: CChar.self, capacity: Int(XR_MESSAGE_CAPACITY)
    ) { message in
      message[0] = 0
      let status =
        format == .jpeg
        ? xr_jpeg_decode(
          data, file.count, Self.pixelLimit, Int32(least?.width ?? 0), Int32(least?.height ?? 0),
          &pixels, message.baseAddress)
        : xr_png_decode(data, file.count, Self.pixelLimit, &pixels, message.baseAddress)
      return (status: Int(status), words: status == 0 ? "" : message.text)
    }
    switch outcome.status {
    case Int(XR_OK): return format
    case Int(XR_TRUNCATED): throw .truncated(format, outcome.words)
    case Int(XR_UNSUPPORTED): throw .unsupported(format, outcome.words)
    case Int(XR_TOO_LARGE): throw .tooLarge(format)
    default: throw .corrupt(format, outcome.words)
    }
  }

  /// Replaces the pixels by those of a file; `buffer` is working memory for its bytes.
  @discardableResult
  package mutating func decode(
    contentsOf path: String, using buffer: inout FileBytes
  ) throws(PictureError) -> PictureFormat {
    try buffer.read(path)
    return try decode(buffer.bytes)
  }

  /// The picture of a file.
  package init(contentsOf path: String) throws(PictureError) {
    self.init()
    var buffer = FileBytes()
    try decode(contentsOf: path, using: &buffer)
  }
}

extension UnsafeMutableBufferPointer<CChar> {
  fileprivate var text: String {
    baseAddress.map { String(cString: $0) } ?? ""
  }
}
