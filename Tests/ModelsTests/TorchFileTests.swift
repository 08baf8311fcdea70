import Foundation
import Models
import TestSupport
import XCTest

final class TorchFileTests: XCTestCase {
  private static let folder = "Tests/ModelsTests/Goldens/TorchFiles"

  private func path(_ name: String) -> String {
    "\(Places.repository)/\(Self.folder)/\(name)"
  }

  private struct Golden: Decodable {
    struct Tensor: Decodable {
      let element: String
      let shape: [Int]
      let bits: [UInt32]?
      let integers: [Int]?
    }
    let entry: String?
    let tensors: [String: Tensor]
  }

  private func goldens() throws -> [String: Golden] {
    try JSONDecoder().decode(
      [String: Golden].self, from: Data(contentsOf: URL(fileURLWithPath: path("tensors.json"))))
  }

  func testTheGoldensAreThoseOfTheirGenerator() throws {
    try GoldenManifest.check(Self.folder)
  }

  func testEveryTensorIsWhatTorchLoads() throws {
    let elements: [String: ElementType] = [
      "float32": .float32, "float64": .float64, "float16": .float16, "bfloat16": .bfloat16,
      "int64": .int64, "int32": .int32, "bool": .boolean, "uint16": .uint16,
    ]
    let goldens = try goldens()
    XCTAssertEqual(goldens.count, 10)
    for (name, golden) in goldens {
      let file = try TorchFile(path: path(name))
      XCTAssertEqual(Set(file.contents.map(\.name)), Set(golden.tensors.keys), name)
      XCTAssertEqual(file.contents.count, golden.tensors.count, name)
      XCTAssertEqual(file.remarks.isEmpty, golden.entry == nil, name)
      if let entry = golden.entry {
        XCTAssertTrue(file.remarks[0].hasPrefix("from '\(entry)'"), "\(file.remarks)")
      }
      for (key, tensor) in golden.tensors {
        let entry = try XCTUnwrap(file.content(key), "\(key) in \(name)")
        XCTAssertEqual(entry.shape.dimensions, tensor.shape, "\(key) in \(name)")
        XCTAssertEqual(entry.element, try XCTUnwrap(elements[tensor.element]), "\(key) in \(name)")
        if let bits = tensor.bits {
          XCTAssertEqual(
            try file.floats(key).array.map(\.bitPattern), bits, "\(key) in \(name)")
        } else if entry.element == .int64 {
          XCTAssertEqual(try file.integers(key), tensor.integers, "\(key) in \(name)")
        } else {
          XCTAssertThrowsError(try file.floats(key)) {
            XCTAssertTrue("\($0)".contains("elements of type"), "\($0)")
          }
        }
      }
    }
  }

  func testAveragedWeightsAreTakenBeforeThePlainOnesAndSaid() throws {
    XCTAssertEqual(
      try TorchFile(path: path("averaged.pth")).remarks, ["from 'model_ema', not 'model'"])
  }

  /// Each is refused by the name of what it wants, and none of it happens.
  func testHostileAndOtherFilesAreRefusedByName() throws {
    let messages = [
      "system.pth": "wants to call 'os.system'",
      "eval.pth": "wants to call 'builtins.eval'",
      "instance.pth": "wants to call 'posix.system'",
      "module.pth": "wants to call 'torch.nn.modules.container.Sequential'",
      "deflated.pth": "'deflated/data.pkl' is compressed",
      "copies.pth": "builds more than 4194304 objects",
      "nested.pth": "there is no state dict in it: a list",
      "tensor.pth": "there is no state dict in it: a single tensor",
    ]
    for (name, message) in messages {
      XCTAssertThrowsError(try TorchFile(path: path(name)), name) { error in
        XCTAssertTrue("\(error)".contains(message), "\(name): \(error)")
        XCTAssertTrue("\(error)".contains("\(name)' cannot be read at byte "), "\(error)")
        XCTAssertNotNil((error as? WeightsError)?.help, name)
      }
    }
    XCTAssertFalse(Places.exists("hostile"))
  }

  func testFilesThatAreNoneOfTorchAreNamed() throws {
    let folder = try TemporaryFolder()
    let contents: [(Data, String)] = [
      (Data(), "neither a zip archive nor a pickle"),
      (Data("not weights".utf8), "neither a zip archive nor a pickle"),
      (Data([0x50, 0x4B, 3, 4]), "the zip archive has no end"),
      (Data([0x80, 2]), "the pickle ends too early"),
      (Data([0x80, 2, 0x4B, 1, 0x2E]), "torch's magic number is not there"),
    ]
    for (data, message) in contents {
      try data.write(to: URL(fileURLWithPath: folder("w.pth")))
      XCTAssertThrowsError(try TorchFile(path: folder("w.pth"))) {
        XCTAssertTrue("\($0)".contains(message), "\($0)")
      }
    }
    XCTAssertThrowsError(try TorchFile(path: folder.path))
    XCTAssertThrowsError(try TorchFile(path: folder("absent.pth")))
  }

  // MARK: Damage

  /// A file that is changed in place: some file systems wait for the disk where one is emptied and written again.
  private final class Patient {
    let path: String
    private let folder: TemporaryFolder
    private let descriptor: Int32

    init() throws {
      folder = try TemporaryFolder()
      path = folder("w.pth")
      descriptor = open(path, O_RDWR | O_CREAT, 0o600)
      XCTAssertGreaterThanOrEqual(descriptor, 0)
    }

    deinit { close(descriptor) }

    func becomes(_ data: Data) {
      let count = data.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, 0) }
      XCTAssertEqual(count, data.count)
      XCTAssertEqual(ftruncate(descriptor, data.count), 0)
    }
  }

  /// Opens a file and reads all of it: a crash would end the tests, and what is thrown is typed.
  private func isRead(_ path: String) -> Bool {
    do {
      let file = try TorchFile(path: path)
      for entry in file.contents {
        switch entry.element {
        case .float32, .float64, .float16, .bfloat16: _ = try file.floats(entry.name)
        case .int64: _ = try file.integers(entry.name)
        default: break
        }
      }
      return true
    } catch {
      return false
    }
  }

  func testEveryCutIsAnError() throws {
    let patient = try Patient()
    for name in ["zip.pth", "legacy.pth"] {
      let whole = try Data(contentsOf: URL(fileURLWithPath: path(name)))
      for length in stride(from: whole.count - 1, through: 0, by: -5) {
        patient.becomes(whole.prefix(length))
        XCTAssertFalse(isRead(patient.path), "\(name) cut to \(length)")
      }
    }
  }

  func testFlippedBitsNeverCrashAndTheChecksumsFindThoseInAZip() throws {
    let patient = try Patient()
    for name in ["zip.pth", "legacy.pth", "checkpoint.pth.tar", "protocol4.pt"] {
      let whole = try Data(contentsOf: URL(fileURLWithPath: path(name)))
      for bit in stride(from: 0, to: 8 * whole.count, by: 13) {
        var changed = whole
        changed[bit / 8] ^= 1 << (bit % 8)
        patient.becomes(changed)
        _ = isRead(patient.path)
      }
    }
    // Of the archive's contents each byte is noticed, but for those of the two tensors of kinds that are not read.
    let whole = try Data(contentsOf: URL(fileURLWithPath: path("zip.pth")))
    let descriptor = open(path("zip.pth"), O_RDONLY)
    defer { close(descriptor) }
    let zip = try TorchZip(descriptor: descriptor, path: "zip.pth", fileLength: whole.count)
    var unnoticed: [Int] = []
    for member in zip.members.values where member.name.contains("/data") {
      for byte in member.bytes {
        var changed = whole
        changed[byte] ^= 1 << (byte % 8)
        patient.becomes(changed)
        if isRead(patient.path) { unnoticed.append(byte) }
      }
    }
    XCTAssertEqual(unnoticed.count, 2 * 4 + 3, "\(unnoticed)")
  }

  /// Several bytes at once, in pickles without checksums, with a stated seed.
  func testRandomDamageToPicklesNeverCrashes() throws {
    let patient = try Patient()
    for name in ["legacy.pth", "legacy-checkpoint.pth", "legacy-protocol5.pt", "unchecked.pth"] {
      let whole = try Data(contentsOf: URL(fileURLWithPath: path(name)))
      var state: UInt64 = 14
      func next(_ bound: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(state >> 33) % bound
      }
      for _ in 0..<3000 {
        var changed = whole
        for _ in 0...next(4) {
          switch next(3) {
          case 0: changed[next(changed.count)] = UInt8(next(256))
          case 1: changed.remove(at: next(changed.count))
          default:
            let (from, to) = (next(changed.count), next(changed.count))
            changed.insert(changed[from], at: to)
          }
        }
        patient.becomes(changed)
        _ = isRead(patient.path)
      }
    }
  }

  func testZip64AndAForeignWritersDirectoryAreRead() throws {
    // Python's zipfile writes zip64 fields where it is told to expect large members.
    let folder = try TemporaryFolder()
    let script = """
      import sys, zipfile
      source = zipfile.ZipFile(sys.argv[1])
      with zipfile.ZipFile(sys.argv[2], "w") as archive:
          for info in source.infolist():
              with archive.open(zipfile.ZipInfo(info.filename), "w", force_zip64=True) as member:
                  member.write(source.read(info))
      """
    try Data(script.utf8).write(to: URL(fileURLWithPath: folder("z.py")))
    guard Places.exists("/usr/bin/python3") else { throw XCTSkip("no /usr/bin/python3") }
    let made = try Command("/usr/bin/python3", [folder("z.py"), path("zip.pth"), folder("w.pth")])
    XCTAssertEqual(made.status, 0, made.output)
    let (found, expected) = (
      try TorchFile(path: folder("w.pth")), try TorchFile(path: path("zip.pth"))
    )
    XCTAssertEqual(found.contents, expected.contents)
    XCTAssertEqual(try found.floats("transposed").array, try expected.floats("transposed").array)
  }

  func testTheChecksumIsZips() {
    var whole = CRC32()
    whole.add(Array("123456789".utf8))
    XCTAssertEqual(whole.value, 0xCBF4_3926)
    var parts = CRC32()
    parts.add(Array("1234".utf8))
    parts.add(Array("56789".utf8))
    XCTAssertEqual(parts.value, 0xCBF4_3926)
  }
}
