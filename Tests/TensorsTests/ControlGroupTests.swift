import Tensors
import XCTest

/// Limits of control groups, read from made-up trees of files.
final class ControlGroupTests: XCTestCase {
  private func read(_ files: [String: String]) -> ControlGroup { ControlGroup { files[$0] } }

  private let mounts1 = """
    22 1 254:0 / / rw,relatime - ext4 /dev/vda rw
    32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:9 - cgroup cgroup rw,cpu,cpuacct
    35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
    41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw

    """
  private let mounts2 = "29 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw\n"

  func testNoFilesLimitNothing() {
    XCTAssertEqual(read([:]), ControlGroup())
    XCTAssertEqual(
      read(["/proc/self/cgroup": "rubbish\n\n::\n", "/proc/self/mountinfo": "- - -\n1 2\n"]),
      ControlGroup())
  }

  func testVersion2() {
    let group = read([
      "/proc/self/cgroup": "0::/jobs/a:b\n", "/proc/self/mountinfo": mounts2,
      "/sys/fs/cgroup/jobs/a:b/cpu.max": "150000 100000\n",
      "/sys/fs/cgroup/jobs/a:b/memory.max": "2147483648\n",
      "/sys/fs/cgroup/jobs/a:b/memory.high": "max\n",
      "/sys/fs/cgroup/jobs/a:b/memory.current": "1000000000\n",
      "/sys/fs/cgroup/jobs/a:b/memory.stat": "anon 5\ninactive_file 300000000\nactive_file 7\n",
    ])
    XCTAssertEqual(
      group, ControlGroup(processors: 1.5, memory: 2_147_483_648, memoryInUse: 700_000_000))
  }

  func testVersion2WithoutLimits() {
    let group = read([
      "/proc/self/cgroup": "0::/\n", "/proc/self/mountinfo": mounts2,
      "/sys/fs/cgroup/cpu.max": "max 100000\n", "/sys/fs/cgroup/memory.max": "max\n",
    ])
    XCTAssertEqual(group, ControlGroup())
  }

  /// The tightest limit counts, wherever it stands.
  func testLimitsOfGroupsAbove() {
    let group = read([
      "/proc/self/cgroup": "0::/a/b/c\n", "/proc/self/mountinfo": mounts2,
      "/sys/fs/cgroup/cpu.max": "400000 100000\n",
      "/sys/fs/cgroup/a/cpu.max": "50000 100000\n",
      "/sys/fs/cgroup/a/b/c/cpu.max": "max 100000\n",
      "/sys/fs/cgroup/a/memory.max": "4000\n", "/sys/fs/cgroup/a/memory.current": "3500\n",
      "/sys/fs/cgroup/a/b/c/memory.max": "2000\n", "/sys/fs/cgroup/a/b/c/memory.current": "100\n",
    ])
    // 500 bytes are left above, 1,900 within.
    XCTAssertEqual(group, ControlGroup(processors: 0.5, memory: 4000, memoryInUse: 3500))
  }

  /// Above it a group is slowed down, which is an end as well.
  func testHighIsALimit() {
    let group = read([
      "/proc/self/cgroup": "0::/a\n", "/proc/self/mountinfo": mounts2,
      "/sys/fs/cgroup/a/memory.max": "9000\n", "/sys/fs/cgroup/a/memory.high": "8000\n",
    ])
    XCTAssertEqual(group, ControlGroup(memory: 8000))
  }

  func testVersion1() {
    let group = read([
      "/proc/self/cgroup": "5:memory:/box\n4:cpu,cpuacct:/box\n1:name=systemd:/\n0::/\n",
      "/proc/self/mountinfo": mounts1,
      "/sys/fs/cgroup/cpu,cpuacct/box/cpu.cfs_quota_us": "250000\n",
      "/sys/fs/cgroup/cpu,cpuacct/box/cpu.cfs_period_us": "100000\n",
      "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us": "-1\n",
      "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us": "100000\n",
      "/sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
      "/sys/fs/cgroup/memory/box/memory.limit_in_bytes": "1073741824\n",
      "/sys/fs/cgroup/memory/box/memory.usage_in_bytes": "900000000\n",
      "/sys/fs/cgroup/memory/box/memory.stat":
        "inactive_file 1\ntotal_inactive_file 400000000\n",
    ])
    XCTAssertEqual(
      group, ControlGroup(processors: 2.5, memory: 1_073_741_824, memoryInUse: 500_000_000))
  }

  /// A container sees its own group where others see all; without a namespace the path still begins above.
  func testContainers() {
    let files = [
      "/proc/self/mountinfo":
        "9 8 0:29 /docker/abc /sys/fs/cgroup/cpu ro master:9 - cgroup cgroup rw,cpu\n",
      "/sys/fs/cgroup/cpu/cpu.cfs_quota_us": "300000",
      "/sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000",
      "/sys/fs/cgroup/cpu/inner/cpu.cfs_quota_us": "100000",
      "/sys/fs/cgroup/cpu/inner/cpu.cfs_period_us": "100000",
    ]
    func processors(_ path: String) -> Double? {
      read(files.merging(["/proc/self/cgroup": "1:cpu:\(path)\n"]) { $1 }).processors
    }
    XCTAssertEqual(processors("/docker/abc"), 3)
    XCTAssertEqual(processors("/docker/abc/inner"), 1)
    // Not beneath what is shown: what is shown counts all the same.
    XCTAssertEqual(processors("/"), 3)
    XCTAssertEqual(processors("/docker/abcdef"), 3)
    XCTAssertEqual(processors("/../elsewhere"), 3)
  }

  func testMountPointsWithSpaces() {
    let group = read([
      "/proc/self/cgroup": "0::/x\n",
      "/proc/self/mountinfo": "29 23 0:26 / /a\\040b\\134c rw - cgroup2 cgroup2 rw\n",
      "/a b\\c/x/cpu.max": "100000 100000",
    ])
    XCTAssertEqual(group.processors, 1)
  }

  func testNonsenseLimitsNothing() {
    for text in ["", "0 100000", "-5 100000", "100000 0", "100000", "ten 100000", "nan nan"] {
      let group = read([
        "/proc/self/cgroup": "0::/\n", "/proc/self/mountinfo": mounts2,
        "/sys/fs/cgroup/cpu.max": text, "/sys/fs/cgroup/memory.max": text,
      ])
      XCTAssertNil(group.processors, text)
    }
  }

  func testUsableProcessors() {
    XCTAssertEqual(Threads.usable(affinity: 8, quota: nil), 8)
    XCTAssertEqual(Threads.usable(affinity: 8, quota: 2), 2)
    XCTAssertEqual(Threads.usable(affinity: 8, quota: 1.5), 2)
    XCTAssertEqual(Threads.usable(affinity: 8, quota: 0.25), 1)
    XCTAssertEqual(Threads.usable(affinity: 2, quota: 64), 2)
    XCTAssertEqual(Threads.usable(affinity: 2, quota: 1e300), 2)
    XCTAssertEqual(Threads.usable(affinity: 0, quota: nil), 1)
  }

  func testAffinityFromTheStatusOfAProcess() {
    func count(_ list: String) -> Int? {
      Threads.affinity(in: "Name:\tx\nCpus_allowed:\t3\nCpus_allowed_list:\t\(list)\nMems:\t0\n")
    }
    XCTAssertEqual(count("0-1"), 2)
    XCTAssertEqual(count("7"), 1)
    XCTAssertEqual(count("0-3,8,10-11"), 7)
    XCTAssertEqual(count("0-1023"), 1024)
    for nonsense in ["", "a", "3-1", "1-2-3", "-1", "1-"] {
      XCTAssertNil(count(nonsense), nonsense)
    }
    XCTAssertNil(Threads.affinity(in: "Name:\tx\n"))
  }

  func testThisProcessIsWithinWhatTheMachineHas() {
    XCTAssertLessThanOrEqual(Threads.affinity, Threads.online)
    XCTAssertLessThanOrEqual(Threads.processors, Threads.affinity)
    XCTAssertGreaterThanOrEqual(Threads.processors, 1)
  }
}
