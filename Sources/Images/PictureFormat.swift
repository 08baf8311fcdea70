/// What a file's first bytes say that it is.
package enum PictureFormat: String, Sendable, CaseIterable {
  case jpeg = "JPEG"
  case png = "PNG"
  case gif = "GIF"
  case webp = "WebP"
  case bmp = "BMP"
  case tiff = "TIFF"
  case netpbm = "PPM"

  /// The format, or nil where the bytes begin like none of them.
  package init?(of file: UnsafeRawBufferPointer) {
    func begins(_ bytes: [UInt8], at offset: Int = 0) -> Bool {
      file.count >= offset + bytes.count
        && bytes.indices.allSatisfy { file[offset + $0] == bytes[$0] }
    }
    if begins([0xFF, 0xD8, 0xFF]) {
      self = .jpeg
    } else if begins([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
      self = .png
    } else if begins(Array("GIF8".utf8)) {
      self = .gif
    } else if begins(Array("RIFF".utf8)) && begins(Array("WEBP".utf8), at: 8) {
      self = .webp
    } else if begins(Array("BM".utf8)) {
      self = .bmp
    } else if begins([0x49, 0x49, 0x2A, 0]) || begins([0x4D, 0x4D, 0, 0x2A]) {
      self = .tiff
    } else if file.count > 2 && file[0] == UInt8(ascii: "P")
      && (UInt8(ascii: "1")...UInt8(ascii: "6")).contains(file[1])
    {
      self = .netpbm
    } else {
      return nil
    }
  }

  /// Whether xrun decodes it.
  package var isReadable: Bool { self == .jpeg || self == .png }

  /// What a name promises: its extension, whatever the case.
  package init?(named name: String) {
    switch name.lowercased().split(separator: ".").last {
    case "jpg", "jpeg": self = .jpeg
    case "png": self = .png
    case "ppm", "pgm": self = .netpbm
    case "bmp": self = .bmp
    case "tif", "tiff": self = .tiff
    case "webp": self = .webp
    default: return nil
    }
  }
}
