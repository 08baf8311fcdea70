import Diagnostics
import Machines
import Models
import XCTest

/// The facts as programs read them.
final class MachineJSONTests: XCTestCase {
  /// Keys are an interface: none goes, and none changes its kind.
  func testTheKeysAreStable() throws {
    XCTAssertEqual(
      MachineJSON(
        Machine.good.with { $0.weights.curl = nil },
        problems: [.warning("missing-curl", "no \"curl\"", at: nil, help: "install it")]
      ).text(),
      """
      {
        "xrun": "1.2.3",
        "processor": {
          "name": "Some CPU 9000",
          "instruction_sets": ["avx2", "fma", "avx512f"],
          "kernels": "avx512",
          "best_kernels": "avx512"
        },
        "libraries": {
          "provider": "onednn",
          "onednn": {
            "version": "2.6.0",
            "kernels": "avx512_core",
            "problem": null
          },
          "openblas": {
            "version": "0.3.21",
            "kernels": "SkylakeX",
            "problem": null
          },
          "openblas_coretype": "SkylakeX",
          "openblas_coretype_set_by_xrun": true,
          "pictures": {
            "libjpeg-turbo": "2.1.5",
            "libpng": "1.6.39"
          }
        },
        "threads": {
          "processors": 8,
          "affinity": 8,
          "quota": null,
          "compute": 8,
          "loading": 8,
          "load": 0.25
        },
        "speed": {
          "threads": 8,
          "own_gflops": {
            "one": 110.4,
            "all": 850.0
          },
          "openblas_gflops": {
            "one": 120.0,
            "all": 900.0
          },
          "bandwidth_gbs": {
            "one": 12.34,
            "all": 40.0
          },
          "two_threads_to_one": 1.96,
          "share": 0.991
        },
        "memory": {
          "total_bytes": 34359738368,
          "available_bytes": 32212254720,
          "limit_bytes": null,
          "limit_used_bytes": null,
          "usable_bytes": 32212254720,
          "huge_pages": "madvise"
        },
        "runs": {
          "path": "runs",
          "existing": ".",
          "is_writable": true,
          "free_bytes": 107374182400,
          "free_files": 1000000
        },
        "temporary": {
          "path": "/tmp",
          "existing": "/tmp",
          "is_writable": true,
          "free_bytes": 53687091200,
          "free_files": null
        },
        "weights": {
          "builtin": "/opt/xrun/weights.safetensors",
          "looked_at": [],
          "published": ["resnet18 IMAGENET1K_V1"],
          "curl": null,
          "mirror": null,
          "server": {
            "was_asked": false,
            "problem": null
          },
          "folder": {
            "path": "/cache/weights",
            "existing": "/cache",
            "is_writable": true,
            "free_bytes": 1099511627776,
            "free_files": null
          }
        },
        "problems": [
          {
            "severity": "warning",
            "code": "missing-curl",
            "message": "no \\"curl\\"",
            "help": "install it"
          }
        ]
      }
      """)
  }

  func testWhatIsUnknownIsNullAndTheTextIsJSON() throws {
    let text = MachineJSON(
      Machine.good.with {
        $0.speed = nil
        $0.libraries.oneDNN = .missing(why: "gone\n")
        $0.memory.total = nil
      }, problems: []
    ).text()
    let json = try JSON(Array(text.utf8))
    XCTAssertEqual(json["speed"], .null)
    XCTAssertEqual(json["memory"]?["total_bytes"], .null)
    XCTAssertEqual(json["libraries"]?["onednn"]?["problem"]?.text, "gone\n")
    XCTAssertEqual(json["problems"], .array([]))
  }
}
