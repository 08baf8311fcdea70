import Glibc

/// Finds pictures below paths that somebody names, one at a time: a folder is listed when its turn comes.
///
/// A path that is no folder is taken as a picture, whatever it is called. Folders are searched with all below them:
/// first their own pictures by name, then their folders by name, each in bytes' order. There a picture is what
/// `ImageFolder` takes for one by the end of its name. Hidden entries are left out, and so are links back to a folder
/// above, whose pictures come by another path.
package struct PictureWalk {
  /// What stands at a path.
  package enum Found: Sendable, Hashable {
    case picture(path: String)
    case problem(path: String, Problem)
  }

  /// Why a path leads to no picture.
  package enum Problem: Error, Sendable, Hashable {
    /// A folder that cannot be read: the system's error number.
    case unreadableFolder(Int32)
    /// A folder without pictures.
    case noPictures
    /// An entry that cannot be a picture, in words.
    case notAFile(String)
    /// The name's bytes are not UTF-8; the path shows them in hexadecimal.
    case notText
  }

  /// A path as it was given: its bytes may be no text.
  package typealias Root = [UInt8]

  private let nextRoot: () -> Root?
  /// Of the folder whose turn it is, the last first.
  private var ready: [Found] = []
  /// Folders to be listed, the next one last, each with those above it.
  private var pending: [(path: String, above: [FolderPlace])] = []
  /// The folder that was named, until it is known to give anything.
  private var emptyRoot: String?

  /// - Parameter nextRoot: gives the paths, one for each call, nil at the end.
  package init(_ nextRoot: @escaping () -> Root?) { self.nextRoot = nextRoot }

  package init(_ paths: [String]) {
    var rest = paths[...]
    self.init { rest.popFirst().map { Array($0.utf8) } }
  }

  /// The next one; nil at the end.
  package mutating func next() -> Found? {
    while true {
      if let found = ready.popLast() { return found }
      if let (path, above) = pending.popLast() {
        list(path, below: above)
        if !ready.isEmpty { emptyRoot = nil }
      } else if let root = emptyRoot {
        emptyRoot = nil
        return .problem(path: root, .noPictures)
      } else if let root = nextRoot() {
        guard let path = String(validating: root, as: UTF8.self) else {
          return .problem(path: FolderEntry.escaped(root), .notText)
        }
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
          return .picture(path: path)
        }
        emptyRoot = path
        pending = [(path, [])]
      } else {
        return nil
      }
    }
  }

  /// Lists one folder: its pictures become ready, its folders are listed before all others that wait.
  private mutating func list(_ path: String, below above: [FolderPlace]) {
    let place = FolderPlace(path)
    guard !above.contains(place) else { return }
    let entries: [FolderEntry]
    do {
      entries = try FolderEntry.all(in: path)
    } catch {
      ready = [.problem(path: path, .unreadableFolder(error.code))]
      return
    }
    let parent = path.hasSuffix("/") ? path : path + "/"
    var found: [Found] = []
    var folders: [String] = []
    for entry in entries where !entry.isHidden {
      let path = parent + entry.name
      let isPicture = FolderEntry.isPicture(entry.name)
      switch entry.kind {
      case .folder where !entry.isUTF8: found.append(.problem(path: path, .notText))
      case .folder: folders.append(path)
      case _ where !isPicture: break
      case .file where !entry.isUTF8: found.append(.problem(path: path, .notText))
      // A link that leads nowhere has its reason when it is opened.
      case .file, .unreadable: found.append(.picture(path: path))
      case .other(let what): found.append(.problem(path: path, .notAFile(what)))
      }
    }
    ready = found.reversed()
    pending += folders.reversed().map { (path: $0, above: above + [place]) }
  }
}

// MARK: Wording

extension PictureWalk.Problem: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unreadableFolder(let code): "cannot be read: \(String(cString: strerror(code)))"
    case .noPictures: "is a folder without pictures"
    case .notAFile(let what): "is \(what), not a regular file"
    case .notText: "has a name that is not UTF-8"
    }
  }

  /// One line of what to do.
  package var help: String {
    switch self {
    case .unreadableFolder: "check the folder's permissions"
    case .noPictures: "pictures end in .jpg, .jpeg or .png, and hidden ones are left out"
    case .notAFile: "remove it: only files can be pictures"
    case .notText: "rename it: bytes that are no text are shown as \\xHH"
    }
  }
}
