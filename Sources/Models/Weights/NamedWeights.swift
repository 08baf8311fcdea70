import Glibc
import Tensors

/// Weights by torchvision's names, such as `IMAGENET1K_V1`: a file in a cache, which is never fetched unasked.
package enum NamedWeights {
  /// The file in the first place that has it.
  ///
  /// - Throws: `WeightsError.noNamedWeights` with the places that were looked at.
  package static func path(_ name: String, backbone: String) throws(WeightsError) -> String {
    let published = PublishedWeights.find(name, of: backbone)
    var places: [String] = []
    for folder in folders {
      if let published { places.append("\(folder)/\(published.file)") }
      places.append("\(folder)/\(backbone)-\(name).safetensors")
    }
    if let published, let folder = torchFolder { places.append("\(folder)/\(published.file)") }
    for place in places where access(place, R_OK) == 0 { return place }
    throw .noNamedWeights(name: name, backbone: backbone, places: places)
  }

  /// Holds a published file against the checksum in its name; other files have none.
  ///
  /// - Parameter digest: the SHA-256 of its contents, where it is known already.
  package static func verify(_ path: String, digest: String? = nil) throws(WeightsError) {
    let file = path.split(separator: "/").last.map(String.init) ?? ""
    guard let published = PublishedWeights.all.first(where: { $0.file == file }) else { return }
    let found = if let digest { digest } else { try self.digest(of: path) }
    guard found.hasPrefix(published.checksum) else {
      throw .wrongChecksum(path: path, found: found, expected: published.checksum)
    }
  }

  /// The SHA-256 of a file's contents, in lower-case hexadecimal.
  package static func digest(of path: String) throws(WeightsError) -> String {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .file(FileError(.open, path: path, code: errno)) }
    defer { close(descriptor) }
    var hash = SHA256()
    let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
    defer { piece.deallocate() }
    while true {
      let count = read(descriptor, piece.baseAddress, piece.count)
      if count < 0 {
        if errno == EINTR { continue }
        throw .file(FileError(.read, path: path, code: errno))
      }
      if count == 0 { return hash.hex() }
      hash.update(UnsafeRawBufferPointer(rebasing: piece[..<count]))
    }
  }

  /// Where weights are looked for, and where the first of them are put: what the environment names, then the
  /// user's cache.
  package static var folders: [String] {
    var folders: [String] = []
    if let folder = variable("XRUN_WEIGHTS_DIR") { folders.append(folder) }
    if let cache { folders.append(cache + "/xrun/weights") }
    return folders
  }

  /// Where torch keeps what it downloaded: the same files.
  private static var torchFolder: String? {
    (variable("TORCH_HOME") ?? cache.map { $0 + "/torch" }).map { $0 + "/hub/checkpoints" }
  }

  private static var cache: String? {
    variable("XDG_CACHE_HOME") ?? variable("HOME").map { $0 + "/.cache" }
  }

  static func variable(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
  }
}
