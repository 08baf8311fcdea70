import Glibc

/// What stands in a folder, as far as looking for pictures needs it.
struct FolderEntry {
  enum Kind {
    case folder, file
    /// In words, with an article.
    case other(String)
    /// The system's reason, such as for a link that leads nowhere.
    case unreadable(Int32)
  }

  /// Bytes that are no UTF-8 as `\xHH`.
  let name: String
  let isUTF8: Bool
  let kind: Kind

  var isHidden: Bool { name.hasPrefix(".") }

  /// Whether the folder of this name is looked into.
  var isVisibleFolder: Bool {
    if case .folder = kind { return !isHidden && isUTF8 }
    return false
  }

  /// A folder that cannot be read: the system's reason.
  struct Unreadable: Error { let code: Int32 }

  /// The entries of a folder, sorted by name.
  static func all(in path: String) throws(Unreadable) -> [FolderEntry] {
    guard let directory = opendir(path) else { throw Unreadable(code: errno) }
    defer { closedir(directory) }
    var entries: [FolderEntry] = []
    while let found = readdir(directory) {
      var status = stat()
      var code: Int32 = 0
      let bytes = withUnsafePointer(to: &found.pointee.d_name) {
        $0.withMemoryRebound(to: UInt8.self, capacity: 256) { name in
          let length = (0..<256).first { name[$0] == 0 } ?? 256
          name.withMemoryRebound(to: CChar.self, capacity: 256) {
            // Links are followed, as torchvision does; by the name's bytes, whatever they are.
            if fstatat(dirfd(directory), $0, &status, 0) != 0 { code = errno }
          }
          return Array(UnsafeBufferPointer(start: name, count: length))
        }
      }
      let text = String(validating: bytes, as: UTF8.self)
      let name = text ?? escaped(bytes)
      guard name != ".", name != ".." else { continue }
      let kind: Kind =
        if code != 0 {
          .unreadable(code)
        } else {
          switch status.st_mode & S_IFMT {
          case S_IFDIR: .folder
          case S_IFREG: .file
          case S_IFIFO: .other("a named pipe")
          case S_IFSOCK: .other("a socket")
          default: .other("a device")
          }
        }
      entries.append(FolderEntry(name: name, isUTF8: text != nil, kind: kind))
    }
    return entries.sorted { precedes($0.name, $1.name) }
  }

  /// A name that is no text, with its bytes beyond ASCII in hexadecimal.
  static func escaped(_ bytes: some Sequence<UInt8>) -> String {
    bytes.map { byte in
      byte < 0x80
        ? String(UnicodeScalar(byte))
        : "\\x" + String(byte, radix: 16, uppercase: true)
    }.joined()
  }

  /// By code points, as Python sorts; their order is that of UTF-8's bytes.
  static func precedes(_ left: String, _ right: String) -> Bool {
    left.utf8.lexicographicallyPrecedes(right.utf8)
  }

  /// Whether a file counts as a picture by the very end of its name, in any case.
  static func isPicture(_ name: String) -> Bool {
    guard let dot = name.lastIndex(of: ".") else { return false }
    return extensions.contains(name[name.index(after: dot)...].lowercased())
  }

  /// torchvision's `IMG_EXTENSIONS`.
  private static let extensions: Set<String> = [
    "jpg", "jpeg", "png", "ppm", "bmp", "pgm", "tif", "tiff", "webp",
  ]
}

/// Where a folder is, whatever the path that leads to it.
struct FolderPlace: Hashable {
  var device: UInt = 0
  var node: UInt = 0

  init(_ path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return }
    device = UInt(status.st_dev)
    node = UInt(status.st_ino)
  }
}
