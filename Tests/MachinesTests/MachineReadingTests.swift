import Machines
import TestSupport
import XCTest

/// Facts of the real machine, as far as they can be known here.
final class MachineReadingTests: XCTestCase {
  func testThisMachine() {
    let machine = Machine.read(version: "0", measures: false)
    XCTAssertNil(machine.speed)
    XCTAssertFalse(machine.processor.name.isEmpty)
    XCTAssertEqual(machine.threads.affinity, ProcessInfo.processInfo.activeProcessorCount)
    XCTAssertEqual(
      machine.memory.total.map { $0 >> 10 },
      Int(ProcessInfo.processInfo.physicalMemory >> 10))
    XCTAssertLessThanOrEqual(machine.memory.available ?? 0, machine.memory.total ?? 0)
    XCTAssertNotNil(machine.memory.usable)
    XCTAssertEqual(
      machine.processor.bestKernels == "avx512",
      Set(machine.processor.instructionSets).isSuperset(
        of: ["avx2", "fma", "avx512f", "avx512dq", "avx512bw", "avx512vl"]))
  }

  func testFoldersThatAreNotThereYet() throws {
    let temporary = try TemporaryFolder()
    let folder = Machine.Folder.read(temporary("a/b/c"))
    XCTAssertEqual(folder.existing, temporary.path)
    XCTAssertTrue(folder.isWritable)
    XCTAssertGreaterThan(folder.free ?? 0, 0)
    XCTAssertEqual(Machine.Folder.read("not-there-\(UUID())").existing, ".")
    // A file is no place for run folders.
    try Data().write(to: URL(fileURLWithPath: temporary("file")))
    XCTAssertFalse(Machine.Folder.read(temporary("file")).isWritable)
    XCTAssertFalse(Machine.Folder.read(temporary("file/runs")).isWritable)
    XCTAssertEqual(Machine.Folder.read("/not-there-\(UUID())").existing, "/")
  }
}
