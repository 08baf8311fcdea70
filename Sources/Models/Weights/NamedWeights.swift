import Glibc

/// Weights by torchvision's names, such as `IMAGENET1K_V1`: a file in the cache, which is never fetched unasked.
package enum NamedWeights {
  /// - Throws: `WeightsError.noNamedWeights` with the places that were looked at.
  package static func path(_ name: String, backbone: String) throws(WeightsError) -> String {
    let file = "\(backbone)-\(name).safetensors"
    var folders: [String] = []
    if let folder = variable("XRUN_WEIGHTS_DIR") { folders.append(folder) }
    if let cache = variable("XDG_CACHE_HOME") {
      folders.append(cache + "/xrun/weights")
    } else if let home = variable("HOME") {
      folders.append(home + "/.cache/xrun/weights")
    }
    let places = folders.map { $0 + "/" + file }
    for place in places where access(place, R_OK) == 0 { return place }
    throw .noNamedWeights(name: name, backbone: backbone, places: places)
  }

  private static func variable(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
  }
}
