import Synchronization
import Tensors

/// A look at every picture before training: that each can be decoded, and what the set's fingerprint is.
package struct PictureScan: Sendable {
  /// Pictures that cannot be decoded, in the order of the samples.
  package private(set) var failures: [(sample: Sample, error: PictureError)] = []
  /// Pictures whose bytes are of another format than their name says.
  package private(set) var misnamed: [(sample: Sample, format: PictureFormat)] = []
  /// SHA-256 of each picture's bytes, in the order of the samples.
  package private(set) var digests: [String] = []

  /// Reads and decodes all, on several threads.
  package init(_ samples: [Sample], threads: Int) {
    struct Finding: Sendable {
      var error: PictureError?
      var format: PictureFormat?
      var digest = ""
    }
    let findings = Mutex([Finding](repeating: Finding(), count: samples.count))
    // Chunks, so that a thread's memory serves many pictures.
    let chunk = 32
    Threads.forEach((samples.count + chunk - 1) / chunk, threads: threads) { part in
      var file = FileBytes()
      var picture = Picture()
      for index in part * chunk..<min(samples.count, (part + 1) * chunk) {
        var finding = Finding()
        do throws(PictureError) {
          try file.read(samples[index].file)
          finding.digest = SHA256.hex(of: file.bytes)
          finding.format = PictureFormat(of: file.bytes)
          try picture.decode(file.bytes)
        } catch {
          finding.error = error
        }
        findings.withLock { $0[index] = finding }
      }
    }
    for (sample, finding) in zip(samples, findings.withLock { $0 }) {
      digests.append(finding.digest)
      if let error = finding.error {
        failures.append((sample, error))
      } else if let format = finding.format,
        let promised = PictureFormat(named: sample.path), promised != format
      {
        misnamed.append((sample, format))
      }
    }
  }

  /// SHA-256 over the sorted paths and contents: equal exactly for sets of equal pictures in equal places.
  package static func fingerprint(_ parts: [(samples: [Sample], digests: [String])]) -> String {
    let lines = parts.flatMap { zip($0.samples, $0.digests).map { "\($1)  \($0.path)\n" } }
    return SHA256.hex(of: lines.sorted().joined())
  }
}
