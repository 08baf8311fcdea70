import CShims

extension Picture {
  /// The picture as a baseline JPEG file with halved chroma, `quality` from 1 to 100.
  package func jpeg(quality: Int = 90) -> [UInt8] {
    precondition(width > 0 && height > 0, "files have pixels")
    precondition((1...100).contains(quality), "libjpeg's quality is from 1 to 100")
    var file: UnsafeMutablePointer<UInt8>?
    var count = 0
    let status = withBytes { rgb in
      xr_jpeg_encode(rgb, pixels.width, pixels.height, Int32(quality), 2, &file, &count, nil, 0)
    }
    guard status == 0, let file else { fatalError("libjpeg refused to encode, status \(status)") }
    defer { xr_jpeg_encode_free(file) }
    return Array(UnsafeBufferPointer(start: file, count: count))
  }
}
