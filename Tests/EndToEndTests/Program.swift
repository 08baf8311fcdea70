import Foundation
import TestSupport
import XCTest

/// The program as users start it, in a folder of its own.
struct Program {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try PictureFolder.write(to: folder("pictures"))
  }

  /// Beside the tests: both come from one build.
  static func path() throws -> String {
    let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let path = (tests as NSString).deletingLastPathComponent + "/xrun"
    guard FileManager.default.isExecutableFile(atPath: path) else {
      throw Missing(path: path)
    }
    return path
  }

  struct Missing: Error { let path: String }

  struct Result {
    let status: Int32
    let wasSignalled: Bool
    let output: String
    let errors: String
    var lastLine: String { output.split(separator: "\n").last.map(String.init) ?? "" }
  }

  /// Runs to the end; `during` may send signals meanwhile.
  @discardableResult
  func run(
    _ arguments: [String], environment: [String: String] = [:],
    during: ((Process, URL) throws -> Void)? = nil
  ) throws -> Result {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try Self.path())
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
    // A cache of its own, so that no test finds what another, or a user, left.
    process.environment = ProcessInfo.processInfo.environment
      .merging(["XRUN_CACHE": folder("cache")]) { $1 }.merging(environment) { $1 }
    // Files, not pipes: nothing can fill up.
    let (out, err) = (file(), file())
    process.standardOutput = try FileHandle(forWritingTo: out)
    process.standardError = try FileHandle(forWritingTo: err)
    process.standardInput = FileHandle.nullDevice
    try process.run()
    try during?(process, err)
    process.waitUntilExit()
    return Result(
      status: process.terminationStatus,
      wasSignalled: process.terminationReason == .uncaughtSignal,
      output: try String(contentsOf: out, encoding: .utf8),
      errors: try String(contentsOf: err, encoding: .utf8))
  }

  private func file() -> URL {
    let url = URL(fileURLWithPath: folder("output-\(UUID().uuidString)"))
    _ = FileManager.default.createFile(atPath: url.path, contents: nil)
    return url
  }

  /// Writes an experiment on the small pictures; `changes` replaces pieces of the text.
  @discardableResult
  func experiment(_ name: String = "small.yaml", _ changes: [String: String] = [:]) throws -> String
  {
    var text = """
      name: small
      data:
        folder: pictures
        class_names: names.json
      transforms:
        train:
          - Resize: [40, 40]
          - RandomRotation: 20
          - CenterCrop: 32
          - RandomHorizontalFlip
          - ColorJitter: {brightness: 0.2, contrast: 0.1, saturation: 0.1, hue: 0.1}
          - ToTensor
          - Normalize: imagenet
        eval:
          - Resize: [40, 40]
          - CenterCrop: 32
          - ToTensor
          - Normalize: imagenet
      model: {backbone: resnet18, weights: none}
      train: {batch_size: 16}
      freeze: none
      optimizer: {Adam: {lr: 1e-3}}
      scheduler: {StepLR: {step_size: 2}}
      epochs: 2

      """
    for (old, new) in changes {
      XCTAssertTrue(text.contains(old), "'\(old)' stands in the experiment")
      text = text.replacing(old, with: new)
    }
    try text.write(toFile: folder(name), atomically: true, encoding: .utf8)
    return name
  }

  func bytes(_ path: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path)) }
}
