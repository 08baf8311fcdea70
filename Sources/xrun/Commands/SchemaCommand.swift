import ArgumentParser
import Diagnostics
import Experiments
import Glibc
import Tensors

/// `xrun schema [--install [FOLDER] [FILE…]]`
struct SchemaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema",
    abstract: "Prints the experiment language as JSON Schema, for editors.",
    discussion: """
      Examples: xrun schema > xrun.schema.json
                xrun schema --install
                xrun schema --install . flowers.yaml

      --install writes .vscode/xrun.schema.json, names it in .vscode/settings.json
      for experiments/, and in the first line of the experiment files given, which
      other editors with a YAML language server read too.
      Next: open an experiment; 'xrun check FILE' knows more than any schema.
      """)

  @Flag(help: "Set up the folder that an editor opens, the working directory by default.")
  var install = false

  @Argument(help: ArgumentHelp("A folder, and experiment files.", valueName: "path"))
  var paths: [String] = []

  func validate() throws {
    if !install, let path = paths.first {
      throw ValidationError("'\(path)' needs '--install'; without it the schema is printed")
    }
    let folders = paths.filter { FilePath.entry(at: $0) == .directory }
    if folders.count > 1 { throw ValidationError("one folder is set up at a time") }
  }

  func run() throws {
    guard install else {
      // The text ends in a line break already.
      Terminal.write(JSONSchema.text(), to: STDOUT_FILENO)
      return
    }
    let folder = Reading.absolute(paths.first { FilePath.entry(at: $0) == .directory } ?? ".")
    let files = paths.filter { FilePath.entry(at: $0) != .directory }
    // All is read and made before the first byte is written.
    let changes =
      try [schema(in: folder), settings(in: folder)]
      + files.map {
        try experiment($0, in: folder)
      }
    try Reading.writing { () throws(FileError) in
      try Self.makeFolder(FilePath.directory(of: folder + "/" + EditorSettings.schemaPath))
      for change in changes where change.isNeeded {
        try AtomicFile.write(path: change.path, text: change.text)
      }
    }
    for change in changes {
      Terminal.print("\(change.shown): \(change.isNeeded ? "written" : "up to date")")
    }
  }

  /// A file's new text.
  private struct Change {
    let path: String
    /// The path as people know it.
    let shown: String
    let text: String
    let isNeeded: Bool
  }

  private func schema(in folder: String) throws -> Change {
    let path = folder + "/" + EditorSettings.schemaPath
    let old = FilePath.entry(at: path) == .none ? nil : try read(path)
    let text = JSONSchema.text()
    return Change(path: path, shown: EditorSettings.schemaPath, text: text, isNeeded: text != old)
  }

  private func settings(in folder: String) throws -> Change {
    let path = folder + "/" + EditorSettings.settingsPath
    let old = FilePath.entry(at: path) == .none ? "" : try read(path)
    guard let text = EditorSettings.merged(into: old) else {
      throw refusal(
        "'\(EditorSettings.settingsPath)' cannot be merged: it has comments, or is no JSON",
        help: "add this to it by hand: \(EditorSettings.entry)")
    }
    return Change(
      path: Self.resolved(path), shown: EditorSettings.settingsPath, text: text,
      isNeeded: text != old)
  }

  private func experiment(_ file: String, in folder: String) throws -> Change {
    guard file.hasSuffix(".yaml") || file.hasSuffix(".yml") else {
      throw refusal("'\(file)' is no experiment: its name does not end in .yaml", help: nil)
    }
    let old = try read(file)
    let path = Self.resolved(Reading.absolute(file))
    let schema = EditorSettings.relative(
      Self.resolved(folder) + "/" + EditorSettings.schemaPath, from: FilePath.directory(of: path))
    let text = EditorSettings.naming(schema, in: old)
    return Change(path: path, shown: file, text: text, isNeeded: text != old)
  }

  /// A file that is ours to change must be there, and be text.
  private func read(_ path: String) throws -> String {
    let bytes: [UInt8]
    switch FilePath.read(path, limit: 4 << 20) {
    case .failure(let failure):
      throw refusal("'\(path)' cannot be read: \(failure.reason)", help: nil, code: "missing-file")
    case .success(let read): bytes = read
    }
    guard bytes.count <= 4 << 20, let text = String(validating: bytes, as: UTF8.self) else {
      throw refusal("'\(path)' is no text of UTF-8", help: nil)
    }
    return text
  }

  private func refusal(
    _ message: String, help: String?, code: Diagnostic.Code = "not-installed"
  ) -> ExitCode {
    Reading.report([Reading.fail(code, message, help: help)])
    return Outcome.wrongInput.exit
  }

  /// The file itself, so that renaming over it leaves a symbolic link to it alone.
  private static func resolved(_ path: String) -> String {
    guard let pointer = realpath(path, nil) else { return path }
    defer { free(pointer) }
    return String(cString: pointer)
  }

  private static func makeFolder(_ path: String) throws(FileError) {
    guard mkdir(path, 0o777) != 0, errno != EEXIST else { return }
    throw FileError(.make, path: path, code: errno)
  }
}
