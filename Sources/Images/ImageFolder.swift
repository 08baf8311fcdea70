import Diagnostics
import Glibc
import Tensors

/// One picture of a data set.
package struct Sample: Sendable, Hashable {
  /// Relative to the data folder, such as `train/12/image_03994.jpg`.
  package let path: String
  /// Where the file is.
  package let file: String
  /// The place of its class among the classes.
  package let label: Int
  /// A number of its own that does not change when other pictures come or go.
  package let identity: UInt64

  package init(path: String, file: String, label: Int) {
    self.path = path
    self.file = file
    self.label = label
    // FNV-1a, 64 bits, over the path.
    identity = path.utf8.reduce(0xCBF2_9CE4_8422_2325) {
      ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3
    }
  }
}

/// A folder of pictures: a folder for each split, and in each a folder for each class.
///
/// Classes are those of the training split, sorted by name as torchvision's `ImageFolder` sorts them; other splits
/// are aligned by name.
package struct ImageFolder: Sendable {
  /// The class folders' names, in the order of the labels.
  package private(set) var classes: [String]
  package private(set) var samples: [String: [Sample]]

  /// Lists the pictures of the splits; nothing is opened yet.
  ///
  /// - Parameters:
  ///   - splits: folder names, the training split first.
  ///   - chosen: the classes to use, in this order; all, sorted, where nil.
  /// - Returns: the folder where nothing is wrong, and all that is wrong or odd, each with its path.
  package static func read(
    _ root: String, splits: [String], chosen: [String]? = nil, at span: Span? = nil
  ) -> (folder: ImageFolder?, diagnostics: [Diagnostic]) {
    var listing = Listing(root: root, span: span)
    var classes = listing.folders(in: splits[0])
    if let chosen {
      for name in chosen where !classes.contains(name) {
        listing.report(
          "unknown-class", "'\(root)/\(splits[0])' has no class '\(name)'",
          help: Suggestion.closest(to: name, among: classes).map { "did you mean '\($0)'?" })
      }
      classes = chosen
    }
    if classes.isEmpty, listing.diagnostics.isEmpty {
      listing.report(
        "no-classes", "'\(root)/\(splits[0])' has no class folders",
        help: "put the pictures of each class into a folder of its own")
    }
    var samples: [String: [Sample]] = [:]
    for (index, split) in splits.enumerated() {
      let before = listing.diagnostics.count
      let own = index == 0 ? classes : listing.folders(in: split)
      // A folder that cannot be read is said already; that it has no classes would be an echo.
      if index > 0, listing.diagnostics.count == before {
        listing.compare(own, with: classes, split: split, first: splits[0], chosen != nil)
      }
      var found: [Sample] = []
      for (label, name) in classes.enumerated() where own.contains(name) {
        found += listing.samples(in: split + "/" + name, label: label)
      }
      samples[split] = found
    }
    let isSound = !listing.diagnostics.contains { $0.severity == .error }
    return (
      isSound ? ImageFolder(classes: classes, samples: samples) : nil, listing.diagnostics
    )
  }

  /// The samples of a split; none where it was not read.
  package subscript(split: String) -> [Sample] { samples[split] ?? [] }
}

/// Reads directories and remembers what is wrong with them.
private struct Listing {
  let root: String
  let span: Span?
  var diagnostics: [Diagnostic] = []

  /// torchvision's `IMG_EXTENSIONS`.
  private static let extensions: Set<String> = [
    "jpg", "jpeg", "png", "ppm", "bmp", "pgm", "tif", "tiff", "webp",
  ]

  init(root: String, span: Span?) {
    self.root = root
    self.span = span
  }

  mutating func report(
    _ code: Diagnostic.Code, _ message: String, severity: Diagnostic.Severity = .error,
    help: String? = nil
  ) {
    diagnostics.append(Diagnostic(severity, code, message, at: span, help: help))
  }

  /// The class folders of a split, sorted; hidden ones are none.
  mutating func folders(in split: String) -> [String] {
    guard let entries = entries(split) else { return [] }
    return entries.filter { $0.isFolder && !$0.name.hasPrefix(".") }.map(\.name)
  }

  /// Every class must be one of the first split's; classes that are not there are said.
  mutating func compare(
    _ own: [String], with classes: [String], split: String, first: String, _ isSubset: Bool
  ) {
    let known = Set(classes)
    if !isSubset {
      for name in own where !known.contains(name) {
        let close = Suggestion.closest(to: name, among: classes)
        report(
          "unknown-class", "'\(root)/\(split)/\(name)' is a class that '\(first)' does not have",
          help: close.map { "did you mean '\($0)'? rename the folder, or add it to '\(first)'" }
            ?? "rename the folder, remove it, or add the class to '\(first)'")
      }
    }
    let missing = classes.filter { !own.contains($0) }
    if !missing.isEmpty {
      let names = missing.prefix(5).map { "'\($0)'" }.joined(separator: ", ")
      report(
        "class-missing-in-split",
        "'\(root)/\(split)' lacks \(missing.count) of the \(classes.count) classes: \(names)"
          + (missing.count > 5 ? " …" : ""), severity: .warning,
        help: "metrics of this split say nothing about them")
    }
  }

  /// The pictures below a class folder, in torchvision's order: the folders by their whole paths, in each the names.
  mutating func samples(in folder: String, label: Int) -> [Sample] {
    var ignored: [String] = []
    // No dictionary: to Swift names of other bytes can be equal.
    var folders: [(path: String, samples: [Sample])] = []
    var pending = [folder]
    while let next = pending.popLast() {
      guard let entries = entries(next) else { continue }
      folders.append((next, []))
      for entry in entries where !entry.isFolder {
        if isPicture(entry.name) {
          folders[folders.count - 1].samples.append(
            Sample(
              path: next + "/" + entry.name, file: root + "/" + next + "/" + entry.name,
              label: label))
        } else {
          ignored.append(entry.name)
        }
      }
      pending += entries.filter { $0.isFolder && !$0.name.hasPrefix(".") }
        .map { next + "/" + $0.name }
    }
    // 'a-b' stands before 'a/c', so this is not the order in which the tree is walked.
    let found = folders.sorted { precedes($0.path, $1.path) }.flatMap(\.samples)
    if found.isEmpty {
      report(
        "empty-class", "class folder '\(root)/\(folder)' has no pictures",
        help: ignored.isEmpty
          ? "add pictures, or remove the folder"
          : "its files, such as '\(ignored[0])', do not end in .jpg, .jpeg or .png")
    } else if !ignored.isEmpty {
      report(
        "ignored-files",
        "\(ignored.count) files of '\(root)/\(folder)' are no pictures by their names, such as "
          + "'\(ignored[0])'", severity: .warning, help: "remove them to silence this")
    }
    return found
  }

  /// By the very end of the name, in any case; hidden files are no pictures.
  private func isPicture(_ name: String) -> Bool {
    guard !name.hasPrefix("."), let dot = name.lastIndex(of: ".") else { return false }
    return Self.extensions.contains(name[name.index(after: dot)...].lowercased())
  }

  private struct Entry {
    let name: String
    let isFolder: Bool
  }

  /// The entries of a folder, sorted by name; nil, and a report, where it cannot be read.
  private mutating func entries(_ folder: String) -> [Entry]? {
    let path = root + "/" + folder
    guard let directory = opendir(path) else {
      let reason = String(cString: strerror(errno))
      report("unreadable-folder", "'\(path)' cannot be read: \(reason)")
      return nil
    }
    defer { closedir(directory) }
    var entries: [Entry] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      guard name != ".", name != ".." else { continue }
      var status = stat()
      // Links are followed, as torchvision does.
      guard stat(path + "/" + name, &status) == 0 else {
        report(
          "unreadable-file",
          "'\(path)/\(name)' cannot be read: \(String(cString: strerror(errno)))")
        continue
      }
      entries.append(Entry(name: name, isFolder: status.st_mode & S_IFMT == S_IFDIR))
    }
    return entries.sorted { precedes($0.name, $1.name) }
  }

  /// By code points, as Python sorts; their order is that of UTF-8's bytes.
  private func precedes(_ left: String, _ right: String) -> Bool {
    left.utf8.lexicographicallyPrecedes(right.utf8)
  }
}
