import Foundation
import Models
import Tensors
import TestSupport
import XCTest

final class SafeTensorsTests: XCTestCase {
  private func sample() -> [SafeTensors.Tensor] {
    [
      SafeTensors.Tensor("b.weight", [2, 3], .float32(FloatBuffer([1, -2, 3.5, 0, 1e-30, 7]))),
      SafeTensors.Tensor("a \"quoted\" ü", [3], .float16(FloatBuffer([0.1, -65504, 1e-7]))),
      SafeTensors.Tensor("empty", [0, 4], .float32(FloatBuffer(count: 0))),
      SafeTensors.Tensor("count", [], .integers([-9_000_000_000])),
    ]
  }

  private func write(_ bytes: [UInt8], _ folder: TemporaryFolder) throws -> String {
    let path = folder("hostile.safetensors")
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    return path
  }

  /// A file with this header text and so many bytes of data.
  private func bytes(_ header: String, data: Int = 0) -> [UInt8] {
    let text = Array(header.utf8)
    return (0..<8).map { UInt8(truncatingIfNeeded: text.count >> ($0 * 8)) } + text
      + [UInt8](repeating: 0, count: data)
  }

  func testWhatIsWrittenIsReadBack() throws {
    let folder = try TemporaryFolder()
    let path = folder("x.safetensors")
    try SafeTensors.write(
      path: path, tensors: sample(), metadata: ["k": "line\nbreak", "format": "pt"])
    let file = try SafeTensorsFile(path: path)
    XCTAssertEqual(file.metadata, ["k": "line\nbreak", "format": "pt"])
    XCTAssertEqual(file.entries.count, 4)
    XCTAssertEqual(try file.floats("b.weight").array, [1, -2, 3.5, 0, 1e-30, 7])
    XCTAssertEqual(file.entry("b.weight")?.shape, [2, 3])
    XCTAssertEqual(try file.floats("a \"quoted\" ü").array, [0.099975586, -65504, 1.1920929e-7])
    XCTAssertEqual(try file.integers("count"), [-9_000_000_000])
    XCTAssertEqual(try file.floats("empty").count, 0)
    XCTAssertThrowsError(try file.floats("count"))
    XCTAssertThrowsError(try file.floats("none"))
    // Data are aligned, so that others can map the file.
    for entry in file.entries { XCTAssertEqual(entry.bytes.lowerBound % entry.element.width, 0) }
  }

  func testEqualTensorsGiveEqualBytesInAnyOrder() throws {
    let folder = try TemporaryFolder()
    let metadata = ["z": "1", "a": "2", "m": "3"]
    try SafeTensors.write(path: folder("1"), tensors: sample(), metadata: metadata)
    try SafeTensors.write(path: folder("2"), tensors: sample().reversed(), metadata: metadata)
    let contents = try (1...2).map { try Data(contentsOf: URL(fileURLWithPath: folder("\($0)"))) }
    XCTAssertEqual(contents[0], contents[1])
    XCTAssertGreaterThan(contents[0].count, 100)
  }

  func testHostileFilesAreErrorsWithPathAndOffset() throws {
    let folder = try TemporaryFolder()
    func entry(_ shape: String, _ offsets: String, dtype: String = "F32") -> String {
      "{\"dtype\":\"\(dtype)\",\"shape\":\(shape),\"data_offsets\":\(offsets)}"
    }
    let deep = String(repeating: "[", count: 100_000)
    // Bytes, the offset of the mistake, and a word of the message.
    let cases: [([UInt8], Int, String)] = [
      ([], 0, "8 bytes"),
      ([1, 2, 3], 0, "8 bytes"),
      ([UInt8](repeating: 255, count: 8), 0, "header"),
      ([16, 0, 0, 0, 0, 0, 0, 0, 0x7B], 0, "16 bytes long, but only 1"),
      (bytes(""), 8, "ends too early"),
      (bytes("{"), 9, "ends too early"),
      (bytes("[]"), 8, "not a JSON object"),
      (bytes("{} x"), 11, "cannot stand here"),
      (bytes("{\"a\":\(deep)"), 8 + 5 + 31, "nested"),
      (bytes("{\"a\":\"\\ud800\"}"), 20, "cannot stand here"),
      (bytes("{\"a\":01}"), 14, "cannot stand here"),
      (bytes("{\"__metadata__\":{\"a\":1}}"), 25, "not text"),
      (bytes("{\"a\":1}"), 9, "'a' needs exactly"),
      (bytes("{\"a\":" + entry("[1]", "[0,4]", dtype: "F33") + "}", data: 4), 9, "F33"),
      (bytes("{\"a\":" + entry("[-1]", "[0,4]") + "}", data: 4), 9, "shape"),
      (bytes("{\"a\":" + entry("[1.5]", "[0,4]") + "}", data: 4), 9, "shape"),
      (
        bytes("{\"a\":" + entry("[4294967296,4294967296]", "[0,4]") + "}", data: 4), 9,
        "lengths that fit"
      ),
      (bytes("{\"a\":" + entry("[1]", "[4,0]") + "}", data: 4), 9, "offsets"),
      (bytes("{\"a\":" + entry("[1]", "[-4,0]") + "}", data: 4), 9, "offsets"),
      (bytes("{\"a\":" + entry("[1]", "[0,4,8]") + "}", data: 8), 9, "offsets"),
      (bytes("{\"a\":" + entry("[2]", "[0,4]") + "}", data: 4), 9, "needs 8"),
      (bytes("{\"a\":" + entry("[2]", "[0,8]") + "}", data: 7), 9, "ends at byte 8"),
      (
        bytes("{\"a\":" + entry("[1]", "[0,4]") + ",\"a\":" + entry("[1]", "[4,8]") + "}", data: 8),
        62, "stands twice"
      ),
    ]
    for (bytes, offset, word) in cases {
      let path = try write(bytes, folder)
      XCTAssertThrowsError(try SafeTensorsFile(path: path), word) { error in
        guard case WeightsError.damaged(path, let found, _)? = error as? WeightsError else {
          return XCTFail("\(error)")
        }
        XCTAssertEqual(found, offset, "\(error)")
        XCTAssertTrue("\(error)".contains(word), "\(error)")
      }
    }
  }

  func testOverlapsGapsAndRestsAreErrors() throws {
    let folder = try TemporaryFolder()
    func file(_ first: String, _ second: String, data: Int) throws -> String {
      try write(
        bytes(
          "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":\(first)},"
            + "\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":\(second)}}", data: data),
        folder)
    }
    XCTAssertNoThrow(try SafeTensorsFile(path: file("[0,8]", "[8,12]", data: 12)))
    XCTAssertNoThrow(try SafeTensorsFile(path: file("[4,12]", "[0,4]", data: 12)))
    for (first, second, data, word) in [
      ("[0,8]", "[4,8]", 8, "'b' overlaps 'a'"),
      ("[0,8]", "[12,16]", 16, "unused bytes before 'b'"),
      ("[4,12]", "[12,16]", 16, "unused bytes before 'a'"),
      ("[0,8]", "[8,12]", 13, "1 bytes follow"),
    ] {
      XCTAssertThrowsError(try SafeTensorsFile(path: file(first, second, data: data))) {
        XCTAssertTrue("\($0)".contains(word), "\($0)")
      }
    }
  }

  func testMissingFilesAndFoldersAreErrorsOfTheMachine() throws {
    let folder = try TemporaryFolder()
    for path in [folder("none"), folder.path, "/dev/null"] {
      XCTAssertThrowsError(try SafeTensorsFile(path: path)) { error in
        guard case WeightsError.file(let cause)? = error as? WeightsError else {
          return XCTFail("\(error)")
        }
        XCTAssertEqual(cause.path, path)
      }
    }
  }

  /// A pipe that nobody writes to would be waited for without end.
  func testAPipeIsRefusedAtOnce() throws {
    let folder = try TemporaryFolder()
    for name in ["weights.safetensors", "weights.pth"] {
      let path = folder(name)
      XCTAssertEqual(mkfifo(path, 0o600), 0)
      XCTAssertThrowsError(try WeightsFormat.open(path)) { error in
        XCTAssertTrue("\(error)".contains(path), "\(error)")
      }
    }
  }

  func testEveryTruncationAndEveryFlippedByteOfTheHeaderIsBorne() throws {
    let folder = try TemporaryFolder()
    let path = folder("whole")
    try SafeTensors.write(path: path, tensors: sample(), metadata: ["k": "v"])
    let whole = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    for count in 0..<whole.count {
      XCTAssertThrowsError(try SafeTensorsFile(path: write(Array(whole[..<count]), folder)))
    }
    // A changed header is an error or another valid file; never a crash.
    var stream = RandomStream(seed: 5, purpose: .test)
    for index in 0..<(whole.count - 30) {
      var bytes = whole
      bytes[index] ^= UInt8(1 + stream.integer(in: 0...254))
      if let file = try? SafeTensorsFile(path: write(bytes, folder)) {
        for entry in file.entries { _ = try? file.floats(entry.name) }
      }
    }
  }

  func testAFileThatShrinksWhileItIsReadIsAnError() throws {
    let folder = try TemporaryFolder()
    let path = folder("x")
    try SafeTensors.write(
      path: path, tensors: [SafeTensors.Tensor("a", [1000], .float32(FloatBuffer(count: 1000)))])
    let file = try SafeTensorsFile(path: path)
    XCTAssertEqual(truncate(path, 500), 0)
    XCTAssertThrowsError(try file.floats("a")) {
      XCTAssertTrue("\($0)".contains("at byte 500"), "\($0)")
    }
  }

  func testHalvesAreExactBothWays() {
    for bits in UInt16.min...UInt16.max {
      let value = HalfPrecision.value(bits)
      let expected = Float(Float16(bitPattern: bits))
      if expected.isNaN {
        XCTAssertTrue(value.isNaN)
        XCTAssertEqual(HalfPrecision.bits(value) & 0x7E00, 0x7E00)
      } else {
        XCTAssertEqual(value.bitPattern, expected.bitPattern)
        XCTAssertEqual(HalfPrecision.bits(value), bits)
      }
    }
    // Halfway between each half and the next: to the even one; a little beside it: to the nearer.
    for bits in UInt16(0)..<0x7BFF {
      let (low, high) = (HalfPrecision.value(bits), HalfPrecision.value(bits + 1))
      let middle = (low + high) / 2
      XCTAssertEqual(HalfPrecision.bits(middle), bits & 1 == 0 ? bits : bits + 1)
      XCTAssertEqual(HalfPrecision.bits(middle.nextDown), bits)
      XCTAssertEqual(HalfPrecision.bits(-middle.nextUp), (bits + 1) | 0x8000)
    }
    XCTAssertEqual(HalfPrecision.bits(65519.996), 0x7BFF)
    XCTAssertEqual(HalfPrecision.bits(65520), 0x7C00)
    XCTAssertEqual(HalfPrecision.bits(-.infinity), 0xFC00)
    XCTAssertEqual(HalfPrecision.bits(1e-30), 0)
  }

  func testPythonReadsOursAndWeReadPythons() throws {
    let folder = try TemporaryFolder()
    let python = try Places.python()
    try SafeTensors.write(path: folder("ours"), tensors: sample(), metadata: ["k": "ü"])
    let script = """
      import sys, torch
      from safetensors import safe_open
      from safetensors.torch import save_file
      ours, theirs = sys.argv[1:]
      with safe_open(ours, "pt") as file:
          assert file.metadata() == {"k": "ü"}, file.metadata()
          assert torch.equal(file.get_tensor("b.weight"), torch.tensor([[1, -2, 3.5], [0, 1e-30, 7]]))
          half = file.get_tensor('a "quoted" ü')
          assert torch.equal(half, torch.tensor([0.1, -65504, 1e-7], dtype=torch.float16)), half
          assert file.get_tensor("count").item() == -9_000_000_000
          assert list(file.get_tensor("empty").shape) == [0, 4]
      values = torch.tensor([0.1, 2.0, -3e5])
      save_file({
          "f32": values, "f64": values.double(), "bf16": values.bfloat16(), "f16": values.half(),
          "i64": torch.tensor([5, -6]), "u8": torch.tensor([1], dtype=torch.uint8),
      }, theirs, {"format": "pt"})
      """
    let process = Process()
    process.executableURL = URL(fileURLWithPath: python)
    process.arguments = ["-c", script, folder("ours"), folder("theirs")]
    try process.run()
    process.waitUntilExit()
    XCTAssertEqual(process.terminationStatus, 0)
    let file = try SafeTensorsFile(path: folder("theirs"))
    XCTAssertEqual(try file.floats("f32").array, [0.1, 2, -3e5])
    XCTAssertEqual(try file.floats("f64").array, [0.1, 2, -3e5])
    XCTAssertEqual(try file.floats("bf16").array, [0.100097656, 2, -299_008])
    XCTAssertEqual(try file.floats("f16").array, [0.099975586, 2, -.infinity])
    XCTAssertEqual(try file.integers("i64"), [5, -6])
    XCTAssertThrowsError(try file.floats("u8"))
  }
}
