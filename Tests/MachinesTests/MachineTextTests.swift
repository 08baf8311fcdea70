import Machines
import XCTest

/// The facts as people read them.
final class MachineTextTests: XCTestCase {
  func testAGoodMachine() {
    XCTAssertEqual(
      MachineText(.good).text(),
      """
      xrun        1.2.3
      processor   Some CPU 9000, 8 usable
                  avx2 fma avx512f
      kernels     avx512
      provider    onednn
      oneDNN      2.6.0, avx512_core
      OpenBLAS    0.3.21, core SkylakeX
                  xrun set OPENBLAS_CORETYPE=SkylakeX
      pictures    libjpeg-turbo 2.1.5, libpng 1.6.39
      threads     8 compute, 8 load pictures
                  8 processors, affinity 8, no quota, load 0.3
      products    110 GFLOP/s on 1 thread, 850 on 8: ours
                  120 GFLOP/s on 1 thread, 900 on 8: OpenBLAS
      bandwidth   12.3 GB/s on 1 thread, 40.0 on 8
      state       2 threads do 1.96 times as much as 1
                  threads had a processor for 99 % of the time
      memory      30.0 GiB available of 32.0 GiB
                  no limit by a control group
      huge pages  madvise
      runs        runs: 100.0 GiB free
      temporary   /tmp: 50.0 GiB free
      weights     builtin: /opt/xrun/weights.safetensors
                  published: resnet18 IMAGENET1K_V1
      fetching    by /usr/bin/curl, no mirror named
                  to /cache/weights: 1024.0 GiB free
      """)
  }

  func testAPoorMachineFitsEightyColumns() {
    let text = MachineText(
      Machine.good.with {
        $0.processor.instructionSets = (0..<20).map { "instruction_set_\($0)" }
        $0.libraries.oneDNN = .missing(
          why: "libdnnl.so.2: cannot open shared object file: No such file or directory")
        $0.libraries.openBLAS = .missing(why: "gone")
        $0.memory.limit = 3 << 29
        $0.memory.used = 100 << 20
        $0.threads.quota = 1.5
        $0.threads.used = 2
        $0.weights.builtin = nil
        $0.weights.places = ["/a/w.safetensors", "/b/w.safetensors"]
        $0.weights.curl = nil
        $0.weights.published = []
        $0.runs.isWritable = false
        $0.speed = nil
      }
    ).text()
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      XCTAssertLessThanOrEqual(line.count, 80, String(line))
      XCTAssertFalse(line.hasSuffix(" "), String(line))
      XCTAssertFalse(line.isEmpty)
    }
    for line in [
      "OpenBLAS    not used: gone; our own products stand in",
      "            8 processors, affinity 8, quota 1.50, load 0.3",
      "            control group: 1.5 GiB, 100 MiB in use",
      "runs        runs: not writable", "            /b/w.safetensors",
      "            published: none here", "fetching    not possible: there is no curl",
    ] {
      XCTAssertTrue(text.split(separator: "\n").contains { $0 == line }, line + "\n" + text)
    }
    XCTAssertFalse(text.contains("GFLOP"))
  }
}
