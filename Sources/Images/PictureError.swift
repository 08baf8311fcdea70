import Glibc

/// Why a file does not become a picture.
package enum PictureError: Error, Sendable, Hashable {
  /// The file cannot be opened or read: the system's error number.
  case unreadable(Int32)
  /// A pipe, a socket or a device.
  case notAFile
  case empty
  /// It begins like no picture.
  case notAPicture
  /// A format that xrun does not read.
  case otherFormat(PictureFormat)
  /// The file ends before the picture does; the library's words.
  case truncated(PictureFormat, String)
  /// The library's words for what is broken.
  case corrupt(PictureFormat, String)
  /// A kind of the format that is not read, such as twelve bits in JPEG.
  case unsupported(PictureFormat, String)
  case tooLarge(PictureFormat)
}

extension PictureError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unreadable(let code): "cannot be read: \(String(cString: strerror(code)))"
    case .notAFile: "is not a regular file"
    case .empty: "is empty"
    case .notAPicture: "is not a picture"
    case .otherFormat(let format): "is a \(format.rawValue) file, which xrun does not read"
    case .truncated(let format, let words):
      "is a truncated \(format.rawValue) file (\(words.phrase))"
    case .corrupt(let format, let words): "is a damaged \(format.rawValue) file (\(words.phrase))"
    case .unsupported(let format, let words):
      "is a \(format.rawValue) file of a kind that xrun does not read (\(words.phrase))"
    case .tooLarge(let format):
      "is a \(format.rawValue) file of more than \(Picture.pixelLimit) pixels, or than the memory holds"
    }
  }

  /// One line of what to do.
  package var help: String {
    switch self {
    case .unreadable: "check the file's permissions and its disk"
    case .notAFile: "name a file, not a pipe or a device"
    case .empty, .notAPicture, .truncated, .corrupt: "remove the file, or get it again"
    case .otherFormat, .unsupported, .tooLarge: "convert the file to JPEG or PNG, or remove it"
    }
  }
}

extension String {
  /// A library's message as part of one of ours.
  fileprivate var phrase: String { hasSuffix(".") ? String(dropLast()) : self }
}
