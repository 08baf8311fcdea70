import Glibc

/// Finds the weights that xrun brings for its embedded set.
///
/// They are a file beside the program, not a resource inside it: a copied or static binary works, and no bundle
/// has to be searched at run time.
package enum BuiltinWeights {
  package static let fileName = "resnet18-petals-pretraining.safetensors"
  package static let backbone = "resnet18"

  /// The first place that holds the file.
  ///
  /// - Throws: `WeightsError.noBuiltinWeights` with all the places.
  package static func path(
    environment: [String: String]? = nil, executable: String? = nil, workingFolder: String? = nil
  ) throws(WeightsError) -> String {
    let folder = environment.map { $0["XRUN_WEIGHTS_DIR"] } ?? variable("XRUN_WEIGHTS_DIR")
    let places = places(
      folder: folder, executable: executable ?? runningExecutable(),
      workingFolder: workingFolder ?? currentFolder())
    for place in places where access(place, R_OK) == 0 { return place }
    throw .noBuiltinWeights(file: fileName, places: places)
  }

  /// Where is looked, in this order: the named folder, an installation, the checkout that the program was built
  /// in (wherever its scratch folder is), the checkout that is worked in (for a program copied out of it).
  static func places(folder: String?, executable: String?, workingFolder: String?) -> [String] {
    var places: [String] = []
    if let folder, !folder.isEmpty { places.append("\(folder)/\(fileName)") }
    if let executable, let bin = parents(of: executable).first {
      // `bin/xrun` has its data in `share/xrun`.
      places.append("\(parents(of: bin).first ?? "")/share/xrun/weights/\(fileName)")
      places += checkout(among: parents(of: executable))
    }
    if let workingFolder { places += checkout(among: [workingFolder] + parents(of: workingFolder)) }
    var seen = Set<String>()
    return places.filter { seen.insert($0).inserted }
  }

  /// The weights of the innermost folder that is a package; other folders named `Weights` are not ours.
  private static func checkout(among folders: [String]) -> [String] {
    folders.first { access($0 + "/Package.swift", F_OK) == 0 }.map { ["\($0)/Weights/\(fileName)"] }
      ?? []
  }

  /// The folders that hold an absolute path, from the innermost to the root, which is empty.
  private static func parents(of path: String) -> [String] {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    return parts.indices.dropFirst().reversed().map { parts[..<$0].joined(separator: "/") }
  }

  private static func variable(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }

  private static func runningExecutable() -> String? {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlink("/proc/self/exe", &buffer, buffer.count)
    guard count > 0 else { return nil }
    return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  private static func currentFolder() -> String? {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    guard getcwd(&buffer, buffer.count) != nil else { return nil }
    return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
