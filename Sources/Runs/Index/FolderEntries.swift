import Glibc

/// The entries of a folder.
enum FolderEntries {
  struct Entry {
    var name: String
    /// Where the file system keeps it: near entries have near numbers.
    var inode: UInt64
    /// Whether it is a folder, links followed.
    var isFolder: Bool
    /// Whether it is a link to somewhere.
    var isLink: Bool
  }

  /// Without `.` and `..`, in no order; with the system's number for the cause where it cannot be read.
  static func of(_ path: String) -> (entries: [Entry], code: Int32) {
    guard let directory = opendir(path) else { return ([], errno) }
    defer { closedir(directory) }
    var entries: [Entry] = []
    while let found = readdir(directory) {
      let name = withUnsafePointer(to: &found.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      guard name != ".", name != ".." else { continue }
      func add(isFolder: Bool, isLink: Bool) {
        entries.append(
          Entry(
            name: name, inode: UInt64(found.pointee.d_ino), isFolder: isFolder, isLink: isLink))
      }
      switch Int(found.pointee.d_type) {
      case Int(DT_DIR): add(isFolder: true, isLink: false)
      case Int(DT_LNK), Int(DT_UNKNOWN):
        var status = stat()
        let isFolder =
          stat(path + "/" + name, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
        let isLink = lstat(path + "/" + name, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
        add(isFolder: isFolder, isLink: isLink)
      default: add(isFolder: false, isLink: false)
      }
    }
    return (entries, 0)
  }
}
