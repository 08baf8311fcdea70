import Diagnostics
import Experiments
import Kernels
import Machines
import XCTest

/// From made-up facts to what is wrong with them.
final class MachineProblemsTests: XCTestCase {
  private func codes(_ change: (inout Machine) -> Void) -> [String] {
    MachineProblems.find(in: Machine.good.with(change)).map {
      "\($0.severity.rawValue) \($0.code.rawValue)"
    }
  }

  private func only(_ change: (inout Machine) -> Void) throws -> Diagnostic {
    let problems = MachineProblems.find(in: Machine.good.with(change))
    XCTAssertEqual(problems.count, 1, "\(problems)")
    return try XCTUnwrap(problems.first)
  }

  func testNothingIsWrongWithAGoodMachine() {
    XCTAssertEqual(codes { _ in }, [])
    XCTAssertEqual(codes { $0.speed = nil }, [])
  }

  func testTwoThreadsThatGiveHalf() throws {
    let problem = try only { $0.speed?.twoToOne = 1.02 }
    XCTAssertEqual(problem.code, "slow-threads")
    XCTAssertTrue(problem.message.contains("1.02 times"), problem.message)
    XCTAssertEqual(codes { $0.speed?.twoToOne = 1.49 }, ["warning slow-threads"])
    XCTAssertEqual(codes { $0.speed?.twoToOne = 1.5 }, [])
    XCTAssertEqual(codes { $0.speed?.twoToOne = nil }, [])
  }

  /// Where others have the processors, nothing that was measured is judged.
  func testOthersThatTakeTheProcessors() throws {
    let problem = try only {
      $0.speed?.share = 0.5
      $0.speed?.twoToOne = 1.02
      $0.speed?.openBLAS = nil
      $0.speed?.own = .init(one: 5, all: 5)
      $0.threads.load = 4.77
    }
    XCTAssertEqual(problem.code, "busy-processors")
    XCTAssertEqual(
      problem.message, "threads had a processor for 50 % of the time; the load is 4.8")
    XCTAssertEqual(codes { $0.speed?.share = 0.86 }, [])
  }

  /// A quota below the number of threads takes its part by right.
  func testAQuotaIsNoOtherProgram() {
    func codes(share: Double) -> [String] {
      self.codes {
        $0.threads.quota = 1.5
        $0.threads.used = 2
        $0.speed?.threads = 2
        $0.speed?.share = share
        $0.speed?.twoToOne = 1.4
      }
    }
    XCTAssertEqual(codes(share: 0.75), ["note fewer-processors"])
    XCTAssertEqual(codes(share: 0.5), ["warning busy-processors", "note fewer-processors"])
  }

  func testSlowProducts() throws {
    let problem = try only {
      $0.speed?.own = .init(one: 12, all: 90)
      $0.speed?.openBLAS = .init(one: 15, all: 100)
    }
    XCTAssertEqual(problem.code, "slow-products")
    XCTAssertTrue(problem.message.contains("15.0 GFLOP/s"), problem.message)
    // What is slow with AVX-512 is not without.
    XCTAssertEqual(
      codes {
        $0.processor.kernels = "baseline"
        $0.processor.bestKernels = "baseline"
        $0.speed?.own = .init(one: 12, all: 90)
        $0.speed?.openBLAS = nil
      }, [])
  }

  func testSlowMemory() {
    XCTAssertEqual(
      codes { $0.speed?.bandwidth = .init(one: 1, all: 2.5) }, ["warning slow-memory"])
    XCTAssertEqual(codes { $0.speed?.bandwidth = nil }, [])
  }

  func testNoOneDNN() throws {
    let problem = try only {
      $0.libraries.oneDNN = .missing(why: "libdnnl.so.2: not there")
      $0.libraries.provider = .openblas
    }
    XCTAssertEqual(problem.code, "missing-onednn")
    XCTAssertEqual(problem.message, "oneDNN is not used: libdnnl.so.2: not there")
    XCTAssertTrue(problem.help?.contains("libdnnl2") == true)
    let built = try only { $0.libraries.oneDNN = .missing(why: "built without oneDNN's headers") }
    XCTAssertTrue(built.help?.contains("build again") == true)
  }

  func testNoOpenBLASMattersWhereItWouldCompute() {
    XCTAssertEqual(
      codes { $0.libraries.openBLAS = .missing(why: "gone") }, ["note missing-openblas"])
    XCTAssertEqual(
      codes {
        $0.libraries.openBLAS = .missing(why: "gone")
        $0.libraries.oneDNN = .missing(why: "gone")
        $0.libraries.provider = .openblas
      }, ["warning missing-onednn", "warning missing-openblas"])
  }

  func testAWrongCoreOfTheEnvironment() throws {
    let problem = try only {
      $0.libraries.openBLAS = .loaded(version: "0.3.21", kernels: "Prescott")
      $0.libraries.wantedCore = "Prescott"
      $0.libraries.isWantedCoreOurs = false
    }
    XCTAssertEqual(problem.code, "wrong-openblas-core")
    XCTAssertTrue(problem.help?.contains("unset OPENBLAS_CORETYPE") == true)
  }

  func testACoreThatTheLibraryDoesNotKnow() throws {
    let problem = try only {
      $0.libraries.openBLAS = .loaded(version: "0.3.1", kernels: "Haswell")
    }
    XCTAssertEqual(problem.code, "wrong-openblas-core")
    XCTAssertTrue(problem.help?.contains("newer OpenBLAS") == true)
    // Better than needed is no mistake, nor is an unknown name where nothing better is there.
    for core in ["Haswell", "Zen", "SkylakeX", "Cooperlake"] {
      XCTAssertEqual(
        codes {
          $0.processor.bestKernels = "avx2"
          $0.processor.kernels = "avx2"
          $0.libraries.openBLAS = .loaded(version: "1", kernels: core)
        }, [], core)
    }
    XCTAssertEqual(
      codes {
        $0.processor.bestKernels = "baseline"
        $0.processor.kernels = "baseline"
        $0.libraries.openBLAS = .loaded(version: "1", kernels: "neoversen1")
      }, [])
  }

  func testOneDNNThatIsLimited() {
    XCTAssertEqual(
      codes { $0.libraries.oneDNN = .loaded(version: "2.6.0", kernels: "avx2_vnni") },
      ["warning limited-kernels"])
    XCTAssertEqual(
      codes { $0.libraries.oneDNN = .loaded(version: "2.6.0", kernels: "avx512_core_bf16") }, [])
  }

  func testFolders() throws {
    XCTAssertEqual(codes { $0.runs.isWritable = false }, ["error unwritable-runs"])
    XCTAssertEqual(codes { $0.runs.free = 0 }, ["error disk-full"])
    XCTAssertEqual(codes { $0.runs.freeFiles = 0 }, ["error disk-full"])
    XCTAssertEqual(codes { $0.runs.free = 1 << 30 }, ["warning disk-low"])
    XCTAssertEqual(codes { $0.runs.free = nil }, [])
    XCTAssertEqual(codes { $0.temporary.free = 5 }, ["warning temporary-full"])
    XCTAssertEqual(codes { $0.temporary.isWritable = false }, ["warning temporary-full"])
    XCTAssertEqual(codes { $0.weights.folder?.isWritable = false }, ["warning unwritable-weights"])
    let full = try only { $0.runs.free = 5 << 20 }
    XCTAssertTrue(full.message.contains("5,120 KiB"), full.message)
  }

  func testMemory() throws {
    XCTAssertEqual(codes { $0.memory.available = 100 << 20 }, ["error memory-full"])
    XCTAssertEqual(codes { $0.memory.available = 900 << 20 }, ["warning memory-low"])
    let limited = try only {
      $0.memory.limit = 2 << 30
      $0.memory.used = 1500 << 20
    }
    XCTAssertEqual(limited.code, "memory-low")
    XCTAssertEqual(
      limited.message, "548 MiB of memory are left of the 2,048 MiB that the control group allows")
    // More than the limit in use.
    XCTAssertEqual(
      codes {
        $0.memory.limit = 1 << 20
        $0.memory.used = 2 << 20
      }, ["error memory-full"])
    XCTAssertEqual(
      codes {
        $0.memory.total = nil
        $0.memory.available = nil
      }, [])
    XCTAssertEqual(codes { $0.memory.hugePages = "never" }, ["warning no-huge-pages"])
    XCTAssertEqual(codes { $0.memory.hugePages = nil }, [])
  }

  func testFewerProcessors() throws {
    let quota = try only {
      $0.threads.quota = 2.5
      $0.threads.used = 3
    }
    XCTAssertEqual(quota.code, "fewer-processors")
    XCTAssertEqual(quota.severity, .note)
    XCTAssertEqual(quota.message, "3 of 8 processors are used: the control group allows 2.5")
    let mask = try only {
      $0.threads.affinity = 1
      $0.threads.used = 1
    }
    XCTAssertEqual(mask.message, "1 of 8 processors are used: the affinity mask has 1")
  }

  func testWeights() {
    XCTAssertEqual(codes { $0.weights.builtin = nil }, ["warning missing-weights"])
    XCTAssertEqual(codes { $0.weights.curl = nil }, ["warning missing-curl"])
    XCTAssertEqual(codes { $0.weights.server = .answers }, [])
    XCTAssertEqual(
      codes { $0.weights.server = .silent(why: "no way") }, ["warning unreachable-weights"])
    // Without curl nobody could ask.
    XCTAssertEqual(
      codes {
        $0.weights.curl = nil
        $0.weights.server = .silent(why: "no way")
      }, ["warning missing-curl"])
  }

  func testWhatStopsARunComesFirstAndEachHasAdviceAndAPage() {
    let problems = MachineProblems.find(
      in: Machine.good.with {
        $0.threads.used = 1
        $0.threads.affinity = 1
        $0.memory.hugePages = "never"
        $0.runs.free = 0
        $0.memory.available = 0
        $0.weights.curl = nil
        $0.libraries.oneDNN = .missing(why: "gone")
      })
    XCTAssertEqual(problems.count, 6)
    XCTAssertEqual(problems.map(\.severity), problems.map(\.severity).sorted(by: >))
    for problem in problems {
      XCTAssertNotNil(problem.help, problem.code.rawValue)
      XCTAssertNotNil(CodeCatalogue.page(problem.code.rawValue), problem.code.rawValue)
    }
  }
}
