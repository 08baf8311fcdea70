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
    environment: [String: String]? = nil, executable: String? = nil
  ) throws(WeightsError) -> String {
    let folder = environment.map { $0["XRUN_WEIGHTS_DIR"] } ?? variable("XRUN_WEIGHTS_DIR")
    let places = places(folder: folder, executable: executable ?? runningExecutable())
    for place in places where access(place, R_OK) == 0 { return place }
    throw .noBuiltinWeights(file: fileName, places: places)
  }

  /// Where is looked, in this order: the named folder, an installation, a build inside the repository.
  static func places(folder: String?, executable: String?) -> [String] {
    var places: [String] = []
    if let folder, !folder.isEmpty { places.append("\(folder)/\(fileName)") }
    guard let executable else { return places }
    let parts = executable.split(separator: "/", omittingEmptySubsequences: false).dropLast()
    // `bin/xrun` has its data in `share/xrun`.
    places.append(
      (parts.dropLast() + ["share", "xrun", "weights", fileName[...]]).joined(separator: "/"))
    // `<repository>/.build/<triple>/release/xrun`.
    if let build = parts.lastIndex(of: ".build") {
      places.append((parts[..<build] + ["Weights", fileName[...]]).joined(separator: "/"))
    }
    return places
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
}
