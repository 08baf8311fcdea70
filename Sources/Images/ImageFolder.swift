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
    identity = RandomStream.coordinate(of: path)
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
  ///   - place: where a chosen class is written.
  /// - Returns: the folder where nothing is wrong, and all that is wrong or odd, each with its path.
  package static func read(
    _ root: String, splits: [String], chosen: [String]? = nil, at span: Span? = nil,
    classAt place: (String) -> Span? = { _ in nil }
  ) -> (folder: ImageFolder?, diagnostics: [Diagnostic]) {
    var listing = Listing(root: root, span: span)
    var classes = listing.folders(in: splits[0])
    if let chosen, listing.diagnostics.isEmpty {
      let known = classes
      for name in chosen where !known.contains(name) {
        listing.diagnostics.append(
          unknown(name, in: "\(root)/\(splits[0])", known, at: place(name), or: span))
      }
      // Of a class that is not there nothing more can be said.
      classes = chosen.filter(known.contains)
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
        found += listing.samples(in: split, name, label: label)
      }
      listing.reportLeftOut(of: split)
      samples[split] = found
    }
    let isSound = !listing.diagnostics.contains { $0.severity == .error }
    return (
      isSound ? ImageFolder(classes: classes, samples: samples) : nil, listing.diagnostics
    )
  }

  /// A chosen class that is not there, at its own place or at the folder's.
  private static func unknown(
    _ name: String, in folder: String, _ classes: [String], at place: Span?, or other: Span?
  ) -> Diagnostic {
    let label = Suggestion.label(for: name, among: classes)
    let help: String? =
      place == nil && !label.isEmpty
      ? label
      : Suggestion.isFew(classes) ? "it has \(Suggestion.list(classes))" : nil
    return .error(
      "unknown-class", "'\(folder)' has no class '\(name)'", at: place ?? other,
      label: place == nil ? "" : label, help: help)
  }

  /// Lists the pictures of one split whose classes are known beforehand, such as from weights.
  ///
  /// - Returns: the folder where nothing is wrong; class folders that are none of the classes, whose pictures are
  ///   left out; and all that is wrong or odd.
  package static func read(
    _ root: String, split: String, known classes: [String], at span: Span? = nil
  ) -> (folder: ImageFolder?, others: [String], diagnostics: [Diagnostic]) {
    var listing = Listing(root: root, span: span)
    let own = listing.folders(in: split)
    if listing.diagnostics.isEmpty {
      listing.compare(own, with: classes, split: split, first: split, true)
    }
    var samples: [Sample] = []
    for (label, name) in classes.enumerated() where own.contains(name) {
      samples += listing.samples(in: split, name, label: label)
    }
    listing.reportLeftOut(of: split)
    let isSound = !listing.diagnostics.contains { $0.severity == .error }
    let known = Set(classes)
    return (
      isSound ? ImageFolder(classes: classes, samples: [split: samples]) : nil,
      own.filter { !known.contains($0) }, listing.diagnostics
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
  /// Files of the split that is read which its pictures do not have.
  private var leftOut = LeftOut()

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
    return entries.filter(\.isVisibleFolder).map(\.name)
  }

  /// Every class must be one of the first split's; classes that are not there are said.
  mutating func compare(
    _ own: [String], with classes: [String], split: String, first: String, _ isSubset: Bool
  ) {
    guard !own.isEmpty else {
      return report(
        "no-classes", "'\(root)/\(split)' has no class folders",
        help: "remove the folder, or put pictures into it: a folder for each class")
    }
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
  mutating func samples(in split: String, _ name: String, label: Int) -> [Sample] {
    let folder = split + "/" + name
    var firstLeftOut: String?
    let (leftOutBefore, problemsBefore) = (leftOut, diagnostics.count)
    // No dictionary: to Swift names of other bytes can be equal.
    var folders: [(path: String, samples: [Sample])] = []
    var pending = [(path: folder, above: [FolderPlace(root), FolderPlace(root + "/" + split)])]
    while let (next, above) = pending.popLast() {
      let place = FolderPlace(root + "/" + next)
      // torchvision walks round until the system refuses, and takes each picture forty times.
      guard !above.contains(place) else {
        report(
          "unreadable-folder", "'\(root)/\(next)' is a link that leads back to a folder above it",
          help: "remove the link")
        continue
      }
      guard let entries = entries(next) else { continue }
      folders.append((next, []))
      for entry in entries {
        let path = root + "/" + next + "/" + entry.name
        switch entry.kind {
        case .folder:
          if entry.isVisibleFolder { pending.append((next + "/" + entry.name, above + [place])) }
        case _ where entry.isHidden || !FolderEntry.isPicture(entry.name):
          firstLeftOut = firstLeftOut ?? entry.name
          leftOut.add(path, isHidden: entry.isHidden, isPicture: FolderEntry.isPicture(entry.name))
        case .unreadable: break  // said already
        case .other(let what):
          report(
            "unreadable-file", "'\(path)' is \(what), not a regular file",
            help: "remove it: only files can be pictures")
        case .file:
          if !entry.isUTF8 {
            report(
              "unreadable-file", "the name of '\(path)' is not UTF-8",
              help: "rename the file: bytes that are no text are shown as \\xHH")
          } else {
            folders[folders.count - 1].samples.append(
              Sample(path: next + "/" + entry.name, file: path, label: label))
          }
        }
      }
    }
    // 'a-b' stands before 'a/c', so this is not the order in which the tree is walked.
    let found = folders.sorted { FolderEntry.precedes($0.path, $1.path) }.flatMap(\.samples)
    // What else is wrong with the folder is said already.
    if found.isEmpty, diagnostics.count == problemsBefore {
      leftOut = leftOutBefore
      report(
        "empty-class", "class folder '\(root)/\(folder)' has no pictures",
        help: firstLeftOut.map {
          $0.hasPrefix(".")
            ? "its files, such as '\($0)', are hidden"
            : "its files, such as '\($0)', do not end in .jpg, .jpeg or .png"
        } ?? "add pictures, or remove the folder")
    }
    return found
  }

  /// Says, once for a split, what its pictures do not have.
  mutating func reportLeftOut(of split: String) {
    if let example = leftOut.foreign.first {
      let files = leftOut.foreign.count == 1 ? "1 file" : "\(leftOut.foreign.count) files"
      report(
        "ignored-files",
        "\(files) in '\(root)/\(split)' \(leftOut.foreign.count == 1 ? "is no picture" : "are no pictures") "
          + "by name, such as '\(example)'",
        severity: .warning, help: "remove them to silence this")
    }
    if let example = leftOut.hidden.first {
      let files =
        leftOut.hidden.count == 1 ? "1 hidden file" : "\(leftOut.hidden.count) hidden files"
      report(
        "ignored-files",
        "\(files) in '\(root)/\(split)' named like pictures \(leftOut.hidden.count == 1 ? "is" : "are") left out, "
          + "such as '\(example)'",
        severity: .warning,
        help: "torchvision would read them; remove them, or rename what is a picture")
    }
    leftOut = LeftOut()
  }

  /// Files in class folders that are not read as pictures.
  private struct LeftOut {
    var foreign: (count: Int, first: String?) = (0, nil)
    /// Named like pictures but for the dot in front, such as the `._1.jpg` that macOS leaves on other disks.
    var hidden: (count: Int, first: String?) = (0, nil)

    /// Hidden files that nobody could take for pictures are nobody's business.
    mutating func add(_ path: String, isHidden: Bool, isPicture: Bool) {
      if isHidden, isPicture {
        hidden = (hidden.count + 1, hidden.first ?? path)
      } else if !isHidden {
        foreign = (foreign.count + 1, foreign.first ?? path)
      }
    }
  }

  /// The entries of a folder, sorted by name; nil, and a report, where it cannot be read.
  private mutating func entries(_ folder: String) -> [FolderEntry]? {
    let path = root + "/" + folder
    let found: [FolderEntry]
    do {
      found = try FolderEntry.all(in: path)
    } catch {
      let reason = String(cString: strerror(error.code))
      report("unreadable-folder", "'\(path)' cannot be read: \(reason)")
      return nil
    }
    return found.filter { entry in
      switch entry.kind {
      case .unreadable(let code):
        // A hidden link that leads nowhere, such as an editor's lock, is nobody's business.
        if !entry.isHidden {
          report(
            "unreadable-file",
            "'\(path)/\(entry.name)' cannot be read: \(String(cString: strerror(code)))")
        }
        return false
      case .folder where !entry.isUTF8:
        report(
          "unreadable-folder", "the name of '\(path)/\(entry.name)' is not UTF-8",
          help: "rename the folder: bytes that are no text are shown as \\xHH")
      default: break
      }
      return true
    }
  }
}
