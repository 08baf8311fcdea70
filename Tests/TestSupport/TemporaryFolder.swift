import Foundation

/// A new empty folder that is removed with its owner.
package final class TemporaryFolder {
  package let path: String

  /// - Parameter inMemory: for much that is written and soon deleted: in the machine's memory where it has a folder
  ///   for that.
  package init(inMemory: Bool = false) throws {
    let memory = URL(fileURLWithPath: "/dev/shm")
    let usesMemory = inMemory && FileManager.default.isWritableFile(atPath: memory.path)
    let base = usesMemory ? memory : FileManager.default.temporaryDirectory
    let url = base.appendingPathComponent("xrun-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
    path = url.path
  }

  package func callAsFunction(_ name: String) -> String { path + "/" + name }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}
