import TensorBoard
import XCTest

/// The bytes of messages: the examples of the Protocol Buffers documentation, and the edges of each kind.
final class MessageTests: XCTestCase {
  private func bytes(_ fill: (inout Message) -> Void) -> [UInt8] { Message(fill).bytes }

  func testTheDocumentationsExamples() {
    XCTAssertEqual(bytes { $0.set(1, 150) }, [0x08, 0x96, 0x01])
    XCTAssertEqual(
      bytes { $0.set(2, "testing") }, [0x12, 0x07, 0x74, 0x65, 0x73, 0x74, 0x69, 0x6E, 0x67])
    XCTAssertEqual(bytes { $0.set(3) { $0.set(1, 150) } }, [0x1A, 0x03, 0x08, 0x96, 0x01])
  }

  func testTheEdgesOfEachKind() {
    XCTAssertEqual(bytes { $0.set(1, 127) }, [0x08, 0x7F])
    XCTAssertEqual(bytes { $0.set(1, 128) }, [0x08, 0x80, 0x01])
    XCTAssertEqual(bytes { $0.set(1, 0) }, [0x08, 0])
    XCTAssertEqual(bytes { $0.set(1, -1) }, [0x08] + [UInt8](repeating: 0xFF, count: 9) + [0x01])
    // From the sixteenth field on the key has two bytes.
    XCTAssertEqual(bytes { $0.set(16, true) }, [0x80, 0x01, 0x01])
    XCTAssertEqual(bytes { $0.set(4, false) }, [0x20, 0])
    XCTAssertEqual(bytes { $0.set(1, 1.0) }, [0x09, 0, 0, 0, 0, 0, 0, 0xF0, 0x3F])
    XCTAssertEqual(bytes { $0.set(2, Float(1)) }, [0x15, 0, 0, 0x80, 0x3F])
    XCTAssertEqual(bytes { $0.set(3, "") }, [0x1A, 0])
    XCTAssertEqual(
      bytes { $0.set(1, [UInt8](repeating: 7, count: 300)) }.prefix(4), [0x0A, 0xAC, 0x02, 7])
  }
}
