import Glibc
import XCTest

/// Where tests find what is not theirs; each throws `XCTSkip` by name where it is absent.
package enum Places {
  /// The repository's root.
  package static let repository: String = {
    // This file is Tests/TestSupport/Places.swift.
    var parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
    parts.removeLast(3)
    return parts.joined(separator: "/")
  }()

  /// A file or folder of the data and weights beside the repository, or where `XRUN_SHARED` says.
  package static func shared(_ path: String) throws -> String {
    let folder = environment("XRUN_SHARED") ?? repository + "/../shared"
    let full = folder + "/" + path
    guard exists(full) else {
      throw XCTSkip("no '\(path)' in ../shared beside the repository, nor in XRUN_SHARED")
    }
    return full
  }

  /// The interpreter of the venv that `make test` makes, with PyTorch in it.
  package static func python() throws -> String {
    let path = repository + "/.venv/bin/python"
    guard exists(repository + "/.venv/ready"), exists(path) else {
      throw XCTSkip("no .venv with PyTorch: run 'make test'")
    }
    return path
  }

  /// A schema of others that came into the venv of `make test` with packages that carry it.
  package static func schema(_ name: String) throws -> String {
    let path = repository + "/.venv/schemas/" + name
    guard exists(path) else {
      throw XCTSkip("no '\(name)' in .venv/schemas: run 'make test'")
    }
    return path
  }

  /// The interpreter of the venv that `make golden` makes, with torchvision and timm in it as well.
  ///
  /// That of `make test` has neither: torchvision's packages do not work with the small build of PyTorch.
  package static func goldensPython() throws -> String {
    let path = repository + "/.venv-goldens/bin/python"
    guard exists(repository + "/.venv-goldens/ready"), exists(path) else {
      throw XCTSkip("no .venv-goldens with torchvision and timm: run 'make golden'")
    }
    return path
  }

  /// The browser that pages are looked at in.
  package static func chromium() throws -> String {
    let path = environment("XRUN_CHROMIUM") ?? "/usr/bin/chromium"
    guard exists(path) else { throw XCTSkip("no chromium: run 'make test'") }
    return path
  }

  /// A variable of the environment, where it is set and not empty.
  package static func environment(_ name: String) -> String? {
    guard let value = getenv(name) else { return nil }
    let text = String(cString: value)
    return text.isEmpty ? nil : text
  }

  package static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }
}
