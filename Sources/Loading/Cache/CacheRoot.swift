import Glibc
import Tensors

/// The user's folder for what can be made again.
package enum CacheRoot {
  /// The folder that the environment names; nil where it turns caches off, or says no place.
  package static func named(by variable: (_ name: String) -> String?) -> String? {
    if let root = variable("XRUN_CACHE") { return root.isEmpty || root == "off" ? nil : root }
    // The XDG base directory specification has relative paths ignored.
    if let base = variable("XDG_CACHE_HOME"), base.hasPrefix("/") { return base + "/xrun" }
    guard let home = variable("HOME"), home.hasPrefix("/") else { return nil }
    return home + "/.cache/xrun"
  }

  /// Makes a folder and those above it.
  package static func makeFolders(_ path: String) throws(FileError) {
    if mkdir(path, 0o700) == 0 || errno == EEXIST { return }
    let code = errno
    guard code == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex else {
      throw FileError(.make, path: path, code: code)
    }
    try makeFolders(String(path[..<slash]))
    guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
      throw FileError(.make, path: path, code: errno)
    }
  }
}
