import Foundation
import Models
import Tensors
import TestSupport
import XCTest

final class WeightsDownloadTests: XCTestCase {
  /// A server of a folder: plainly as `python3 -m http.server` is, with ranges, or ending too early.
  private final class Server {
    let folder: TemporaryFolder
    let url: String
    private let process = Process()

    init(_ mode: String) throws {
      guard Places.exists("/usr/bin/python3"), Places.exists("/usr/bin/curl") else {
        throw XCTSkip("no /usr/bin/python3 or no /usr/bin/curl")
      }
      folder = try TemporaryFolder()
      let script = """
        import http.server, os, sys

        folder, mode = sys.argv[1:]

        class Handler(http.server.SimpleHTTPRequestHandler):
            def __init__(self, *arguments):
                super().__init__(*arguments, directory=folder)

            def log_message(self, *_):
                with open(folder + "/log", "a") as log:
                    log.write(f"{self.path} {self.headers.get('Range')}\\n")

            def do_GET(self):
                path = folder + self.path
                if mode == "plain" or not os.path.exists(path):
                    return super().do_GET()
                data = open(path, "rb").read()
                wanted = self.headers.get("Range")
                start = int(wanted[6:].split("-")[0]) if wanted else 0
                if start >= len(data):
                    return self.send_error(416)
                self.send_response(206 if wanted else 200)
                if wanted:
                    self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
                self.send_header("Content-Length", str(len(data) - start))
                self.end_headers()
                part = data[start:]
                # A server that breaks off once: after that the marker is there.
                if mode == "short" and not os.path.exists(folder + "/broken"):
                    open(folder + "/broken", "w").close()
                    part = part[:len(part) // 3]
                self.wfile.write(part)
                self.log_message()

        server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        print(server.server_port, flush=True)
        server.serve_forever()
        """
      try Data(script.utf8).write(to: URL(fileURLWithPath: folder("server.py")))
      let pipe = Pipe()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
      process.arguments = [folder("server.py"), folder.path, mode]
      process.standardOutput = pipe
      process.standardError = FileHandle.nullDevice
      try process.run()
      let line = String(decoding: pipe.fileHandleForReading.availableData, as: UTF8.self)
      let port = try XCTUnwrap(Int(line.trimmingCharacters(in: .newlines)))
      url = "http://127.0.0.1:\(port)"
    }

    deinit { process.terminate() }

    /// What was asked for, each with its range.
    var log: [String] {
      let text = (try? String(contentsOfFile: folder("log"), encoding: .utf8)) ?? ""
      return text.split(separator: "\n").map(String.init)
    }
  }

  private let contents = Data((0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 3) })
  private var digits: String { String(contents.withUnsafeBytes { SHA256.hex(of: $0) }.prefix(8)) }

  private func download(_ server: Server, to folder: TemporaryFolder) throws -> WeightsDownload {
    try contents.write(to: URL(fileURLWithPath: server.folder("w.pth")))
    return WeightsDownload(
      file: "w.pth", url: server.url + "/w.pth", checksum: digits, folder: folder("new/cache"))
  }

  func testAsksWithoutFetching() throws {
    let server = try Server("plain")
    let folder = try TemporaryFolder()
    let download = try download(server, to: folder)
    XCTAssertNoThrow(try download.ask(timeoutSeconds: 20))
    XCTAssertFalse(Places.exists(download.target))
    XCTAssertFalse(Places.exists(download.part))
    let other = WeightsDownload(
      file: "x.pth", url: server.url + "/x.pth", checksum: digits, folder: folder.path)
    XCTAssertThrowsError(try other.ask(timeoutSeconds: 20)) { error in
      guard case DownloadError.httpStatus(_, 404) = error else { return XCTFail("\(error)") }
    }
    let nobody = WeightsDownload(
      file: "x.pth", url: "http://127.0.0.1:9/x.pth", checksum: digits, folder: folder.path)
    XCTAssertThrowsError(try nobody.ask(timeoutSeconds: 20)) { error in
      guard case DownloadError.transfer = error else { return XCTFail("\(error)") }
    }
  }

  private func assertFetched(_ download: WeightsDownload, line: UInt = #line) throws {
    XCTAssertEqual(try download.run(), .fetched, line: line)
    XCTAssertEqual(
      try Data(contentsOf: URL(fileURLWithPath: download.target)), contents, line: line)
    XCTAssertFalse(Places.exists(download.part), line: line)
  }

  private func begin(_ download: WeightsDownload, with data: Data) throws {
    try FileManager.default.createDirectory(
      atPath: download.folder, withIntermediateDirectories: true)
    try data.write(to: URL(fileURLWithPath: download.part))
  }

  func testAFileIsFetchedOnceAndVerified() throws {
    let (server, folder) = (try Server("plain"), try TemporaryFolder())
    let download = try download(server, to: folder)
    try assertFetched(download)
    XCTAssertEqual(try download.run(), .wasThere)
    XCTAssertEqual(server.log.count, 1)
    // A file that was changed since is fetched again.
    try Data("other".utf8).write(to: URL(fileURLWithPath: download.target))
    try assertFetched(download)
  }

  func testAnAttemptThatBrokeOffGoesOnWhereItEnded() throws {
    let (server, folder) = (try Server("short"), try TemporaryFolder())
    let download = try download(server, to: folder)
    XCTAssertThrowsError(try download.run()) { error in
      guard case DownloadError.short? = error as? DownloadError else { return XCTFail("\(error)") }
      XCTAssertTrue("\(error)".contains("only in part"))
    }
    XCTAssertFalse(Places.exists(download.target))
    XCTAssertEqual(
      try Data(contentsOf: URL(fileURLWithPath: download.part)), contents.prefix(100_000))
    try assertFetched(download)
    XCTAssertEqual(server.log.last, "/w.pth bytes=100000-")
  }

  func testWhatIsLeftOfAnAttemptIsUsedOrThrownAway() throws {
    let ranges = try Server("ranges")
    for (name, data) in [
      ("all of it", contents), ("the beginning of another", Data(repeating: 1, count: 5000)),
      ("more than there is", contents + contents), ("nothing", Data()),
    ] {
      let folder = try TemporaryFolder()
      let download = try download(ranges, to: folder)
      try begin(download, with: data)
      XCTAssertNoThrow(try assertFetched(download), name)
    }
    // A server without ranges sends it all.
    let (plain, folder) = (try Server("plain"), try TemporaryFolder())
    let download = try download(plain, to: folder)
    try begin(download, with: contents.prefix(1000))
    try assertFetched(download)
  }

  func testOtherContentsAreRefusedAndRemoved() throws {
    let (server, folder) = (try Server("plain"), try TemporaryFolder())
    let right = try download(server, to: folder)
    let wrong = WeightsDownload(
      file: right.file, url: right.url, checksum: "00000000", folder: right.folder)
    XCTAssertThrowsError(try wrong.run()) {
      XCTAssertTrue("\($0)".contains("has the SHA-256 \(digits)…, not 00000000…"), "\($0)")
    }
    XCTAssertFalse(Places.exists(wrong.target) || Places.exists(wrong.part))
  }

  func testServersThatDoNotHaveItOrDoNotAnswerAreNamed() throws {
    let (server, folder) = (try Server("plain"), try TemporaryFolder())
    let missing = WeightsDownload(
      file: "v.pth", url: server.url + "/v.pth", checksum: "00000000", folder: folder.path)
    XCTAssertThrowsError(try missing.run()) {
      XCTAssertTrue("\($0)".contains("the server answered 404"), "\($0)")
      let help = ($0 as? DownloadError)?.help ?? ""
      XCTAssertTrue(help.contains("put 'v.pth' from elsewhere at '\(folder("v.pth"))'"), help)
    }
    // Port 9 of this machine: nothing listens there.
    let nobody = WeightsDownload(
      file: "v.pth", url: "http://127.0.0.1:9/v.pth", checksum: "00000000", folder: folder.path)
    XCTAssertThrowsError(try nobody.run()) {
      XCTAssertTrue("\($0)".contains("onnect"), "\($0)")
      XCTAssertTrue(($0 as? DownloadError)?.help?.contains("XRUN_MIRROR") ?? false)
    }
    XCTAssertFalse(Places.exists(folder("v.pth")) || Places.exists(folder("v.pth.part")))
    // A folder that cannot be made.
    let blocked = WeightsDownload(
      file: "v.pth", url: nobody.url, checksum: "00000000", folder: server.folder("server.py/cache")
    )
    XCTAssertThrowsError(try blocked.run()) {
      XCTAssertTrue("\($0)".contains("cannot make"), "\($0)")
    }
  }

  func testEveryBackboneHasPublishedWeightsWithAChecksumInTheirName() {
    for name in BackboneCatalogue.names {
      XCTAssertNotNil(PublishedWeights.find("IMAGENET1K_V1", of: name), name)
    }
    for weights in PublishedWeights.all {
      XCTAssertTrue(BackboneCatalogue.names.contains(weights.backbone))
      XCTAssertEqual(weights.checksum.count, 8)
      XCTAssertTrue(weights.checksum.allSatisfy(\.isHexDigit))
      XCTAssertEqual(weights.file, "\(weights.backbone)-\(weights.checksum).pth")
    }
    XCTAssertEqual(Set(PublishedWeights.all.map(\.file)).count, PublishedWeights.all.count)
  }

  func testAPublishedFileIsHeldAgainstItsName() throws {
    let folder = try TemporaryFolder()
    try Data("not it".utf8).write(to: URL(fileURLWithPath: folder("resnet18-f37072fd.pth")))
    XCTAssertThrowsError(try NamedWeights.verify(folder("resnet18-f37072fd.pth"))) {
      XCTAssertTrue("\($0)".contains("not f37072fd… as its name says"), "\($0)")
    }
    XCTAssertNoThrow(
      try NamedWeights.verify(
        folder("resnet18-f37072fd.pth"), digest: "f37072fd" + String(repeating: "0", count: 56)))
    try Data("mine".utf8).write(
      to: URL(fileURLWithPath: folder("resnet18-IMAGENET1K_V1.safetensors")))
    XCTAssertNoThrow(try NamedWeights.verify(folder("resnet18-IMAGENET1K_V1.safetensors")))
  }
}
