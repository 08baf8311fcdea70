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
  ///
  /// - Parameter visitor: takes what is decoded; what it knows already is not decoded again.
  package init(
    _ samples: [Sample], threads: Int, visitor: (any PictureVisitor)? = nil
  ) {
    struct Finding: Sendable {
      var error: PictureError?
      var format: PictureFormat?
      var digest = ""
    }
    let findings = Mutex([Finding](repeating: Finding(), count: samples.count))
    // Chunks, so that a thread's memory serves many pictures.
    let chunk = visitor == nil ? 32 : 8
    Threads.forEach((samples.count + chunk - 1) / chunk, threads: threads) { part in
      var file = FileBytes()
      var picture = Picture()
      for index in part * chunk..<min(samples.count, (part + 1) * chunk) {
        var finding = Finding()
        var isVisited = false
        do throws(PictureError) {
          try file.read(samples[index].file)
          finding.digest = SHA256.hex(of: file.bytes)
          finding.format = PictureFormat(of: file.bytes)
          if visitor?.knows(index, digest: finding.digest) != true {
            try picture.decode(file.bytes)
            visitor?.visit(index, digest: finding.digest, picture, of: file.bytes)
            isVisited = visitor != nil
          }
        } catch {
          finding.error = error
        }
        if !isVisited { visitor?.skip(index) }
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

  /// SHA-256 of each picture's bytes, undecoded; empty where a file cannot be read.
  package static func digests(of samples: [Sample], threads: Int) -> [String] {
    let digests = Mutex([String](repeating: "", count: samples.count))
    let chunk = 32
    Threads.forEach((samples.count + chunk - 1) / chunk, threads: threads) { part in
      var file = FileBytes()
      for index in part * chunk..<min(samples.count, (part + 1) * chunk) {
        guard (try? file.read(samples[index].file)) != nil else { continue }
        let digest = SHA256.hex(of: file.bytes)
        digests.withLock { $0[index] = digest }
      }
    }
    return digests.withLock { $0 }
  }

  /// SHA-256 over the sorted paths and contents: equal exactly for sets of equal pictures in equal places.
  package static func fingerprint(_ parts: [(samples: [Sample], digests: [String])]) -> String {
    let lines = parts.flatMap { zip($0.samples, $0.digests).map { "\($1)  \($0.path)\n" } }
    return SHA256.hex(of: lines.sorted().joined())
  }
}

/// What may come along when all pictures are looked at, such as one who keeps what was decoded.
///
/// Called from several threads. Of each place among the samples it hears once: `visit` or `skip`; threads take
/// places in rising order.
package protocol PictureVisitor: Sendable {
  /// Whether the picture of these bytes was decoded before, so that it is sound and need not be decoded again.
  func knows(_ index: Int, digest: String) -> Bool
  /// - Parameter file: what the picture was decoded of, for who wants it otherwise.
  func visit(
    _ index: Int, digest: String, _ picture: borrowing Picture, of file: UnsafeRawBufferPointer)
  /// The picture is known, or cannot be decoded.
  func skip(_ index: Int)
}
