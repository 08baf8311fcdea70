import Glibc
import Tensors

/// Fetches a file whose checksum is known: to a `.part` beside the target, verified, then renamed.
///
/// The program `curl` does the transfer: it knows proxies, certificates and HTTP/2, is there on nearly every
/// machine, and costs the other commands nothing. FoundationNetworking would add Foundation's start-up time to all
/// of them, and libcurl by `dlopen` a C fence round variadic calls, for the one command that needs a network.
package struct WeightsDownload: Sendable {
  package let file: String
  package let url: String
  /// The first digits of the contents' SHA-256.
  package let checksum: String
  package let folder: String

  package init(file: String, url: String, checksum: String, folder: String) {
    self.file = file
    self.url = url
    self.checksum = checksum
    self.folder = folder
  }

  /// A published file, from its authors or from the mirror that `XRUN_MIRROR` names.
  package init(_ weights: PublishedWeights, to folder: String) {
    let mirror = NamedWeights.variable("XRUN_MIRROR").map { mirror in
      (mirror.hasSuffix("/") ? String(mirror.dropLast()) : mirror) + "/" + weights.file
    }
    self.init(
      file: weights.file, url: mirror ?? weights.url, checksum: weights.checksum, folder: folder)
  }

  /// Where the file will be.
  package var target: String { "\(folder)/\(file)" }
  package var part: String { target + ".part" }

  package enum Outcome: Sendable, Hashable {
    case fetched
    /// Nothing was to be done.
    case wasThere
  }

  /// Fetches the file, going on where an earlier attempt ended.
  ///
  /// - Parameter showsProgress: whether `curl` may draw its bar on standard error.
  package func run(showsProgress: Bool = false) throws(DownloadError) -> Outcome {
    if let found = try? NamedWeights.digest(of: target), found.hasPrefix(checksum) {
      return .wasThere
    }
    try makeFolder(folder)
    // An attempt that ended between the last byte and the renaming has all there is.
    if let found = try? NamedWeights.digest(of: part), found.hasPrefix(checksum) {
      try install()
      return .fetched
    }
    var isResumed = access(part, F_OK) == 0
    while true {
      let result = try transfer(showsProgress: showsProgress)
      switch result.status {
      case 0:
        let found = (try? NamedWeights.digest(of: part)) ?? ""
        if found.hasPrefix(checksum) {
          try install()
          return .fetched
        }
        unlink(part)
        // What was there before may have been the beginning of another file.
        guard isResumed else {
          throw .wrongChecksum(self, found: String(found.prefix(checksum.utf8.count)))
        }
      case 22 where !(isResumed && result.httpStatus == 416):
        throw .httpStatus(self, result.httpStatus)
      case 18: throw .short(self)
      case 22, 33, 36:
        // The server does not give parts, or has none behind the one that is here.
        unlink(part)
        guard isResumed else { throw .transfer(self, result.message) }
      case 23:
        throw .file(FileError(.write, path: part, code: access(folder, W_OK) == 0 ? ENOSPC : errno))
      default: throw .transfer(self, result.message)
      }
      isResumed = false
    }
  }

  /// Asks the server whether it has the file, without fetching it.
  package func ask(timeoutSeconds: Int) throws(DownloadError) {
    let result = try curl(
      ["--silent", "--head", "--output", "/dev/null", "--max-time", String(timeoutSeconds)],
      showsProgress: false)
    switch result.status {
    case 0: return
    case 22: throw .httpStatus(self, result.httpStatus)
    default: throw .transfer(self, result.message)
    }
  }

  private func install() throws(DownloadError) {
    let descriptor = open(part, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0, fsync(descriptor) == 0 else {
      throw .file(FileError(.sync, path: part, code: errno))
    }
    close(descriptor)
    guard rename(part, target) == 0 else {
      throw .file(FileError(.rename, path: target, code: errno))
    }
  }

  private func makeFolder(_ folder: String) throws(DownloadError) {
    var path = folder.hasPrefix("/") ? "" : "."
    for name in folder.split(separator: "/") {
      path += "/" + name
      guard mkdir(path, 0o777) == 0 || errno == EEXIST || access(path, X_OK) == 0 else {
        throw .file(FileError(.make, path: path, code: errno))
      }
    }
  }

  // MARK: curl

  private struct Result {
    /// curl's exit code.
    let status: Int32
    /// 0 where no server answered.
    let httpStatus: Int
    /// curl's own words.
    let message: String
  }

  private func transfer(showsProgress: Bool) throws(DownloadError) -> Result {
    try curl(
      [showsProgress ? "--progress-bar" : "--silent", "--continue-at", "-", "--output", part]
        // A server that is silent for a minute is as good as none.
        + ["--connect-timeout", "20", "--speed-limit", "1", "--speed-time", "60"],
      showsProgress: showsProgress)
  }

  private func curl(_ options: [String], showsProgress: Bool) throws(DownloadError) -> Result {
    let arguments =
      ["curl", "--fail", "--location", "--globoff", "--show-error"] + options
      + ["--proto", "=http,https", "--write-out", "\n%{http_code}", "--url", url]
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else {
      throw .file(FileError(.open, path: "a pipe", code: errno))
    }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    defer { close(ends[0]) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO)
    if !showsProgress { posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO) }
    var process = pid_t()
    let code = Self.withStrings(arguments) { arguments in
      Self.withStrings(Self.environment()) { environment in
        posix_spawnp(&process, "curl", &actions, nil, arguments, environment)
      }
    }
    close(ends[1])
    guard code == 0 else { throw .noProgram(self) }
    var output: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = read(ends[0], &piece, piece.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { break }
      output += piece[..<count]
    }
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
    let lines = String(decoding: output, as: UTF8.self).split(separator: "\n")
    // `WIFEXITED` and `WEXITSTATUS`, which are macros.
    return Result(
      status: status & 0x7F == 0 ? status >> 8 & 0xFF : -1,
      httpStatus: lines.last.flatMap { Int($0) } ?? 0,
      message: lines.dropLast().last.map(String.init) ?? "curl ended with \(status >> 8 & 0xFF)")
  }

  /// As the program was started; proxies and certificates are named there.
  private static func environment() -> [String] {
    guard let file = fopen("/proc/self/environ", "r") else { return [] }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 4096)
    while case let count = fread(&piece, 1, piece.count, file), count > 0 {
      bytes += piece[..<count]
    }
    return bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
  }

  private static func withStrings<Value>(
    _ strings: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Value
  ) -> Value {
    var pointers = strings.map { strdup($0) } + [nil]
    defer { for pointer in pointers { free(pointer) } }
    return pointers.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else { preconditionFailure("a list with an end has one") }
      return body(UnsafePointer(base))
    }
  }
}

/// Why a file could not be fetched.
package enum DownloadError: Error, Sendable {
  case file(FileError)
  /// There is no `curl`.
  case noProgram(WeightsDownload)
  /// A server answered, but not with the file.
  case httpStatus(WeightsDownload, Int)
  /// The connection ended before the file did.
  case short(WeightsDownload)
  /// No connection, in curl's words.
  case transfer(WeightsDownload, String)
  case wrongChecksum(WeightsDownload, found: String)
}

// MARK: Wording

extension DownloadError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .file(let error): "\(error)"
    case .noProgram(let download): "'\(download.url)' cannot be fetched: there is no program 'curl'"
    case .httpStatus(let download, let status):
      "'\(download.url)' cannot be fetched: the server answered \(status)"
    case .short(let download):
      "'\(download.url)' came only in part: the connection ended too early"
    case .transfer(let download, let message):
      "'\(download.url)' cannot be fetched: \(message)"
    case .wrongChecksum(let download, let found):
      "'\(download.url)' has the SHA-256 \(found)…, not \(download.checksum)…"
    }
  }

  /// What to do, in one line.
  package var help: String? {
    switch self {
    case .file: nil
    case .short: "run the command again: it goes on where the file ends"
    case .wrongChecksum: "what came was removed; the server has another file under this name"
    case .noProgram(let download): "install curl, or " + Self.byHand(download)
    case .httpStatus(let download, _), .transfer(let download, _): Self.byHand(download)
    }
  }

  private static func byHand(_ download: WeightsDownload) -> String {
    "put '\(download.file)' from elsewhere at '\(download.target)', or name a mirror in XRUN_MIRROR"
  }
}
