import FoundationEssentials
import Images
import Synchronization
import Tensors

/// A small JPEG of a picture, as the address of an `<img>`.
package struct Thumbnail: Sendable, Hashable {
  /// `data:image/jpeg;base64,…`
  package let address: String
  package let width: Int
  package let height: Int

  /// The longest side in pixels: what a card takes on a screen, and no more, as a page holds hundreds.
  package static let side = 128

  /// - Parameter side: what the longer side may be; pictures are made smaller, never larger.
  package init(_ picture: borrowing Picture, side: Int = Thumbnail.side) {
    var resizer = Resizer()
    self.init(picture, side: side, &resizer)
  }

  private init(_ picture: borrowing Picture, side: Int, _ resizer: inout Resizer) {
    let longest = max(picture.width, picture.height)
    var bytes: [UInt8]
    if longest > side {
      func scaled(_ length: Int) -> Int {
        max(1, Int((Double(length) * Double(side) / Double(longest)).rounded()))
      }
      var small = Picture()
      small.resize(width: scaled(picture.width), height: scaled(picture.height))
      resizer.resize(picture, into: &small, .bilinear)
      (width, height) = (small.width, small.height)
      bytes = small.jpeg(quality: 80)
    } else {
      (width, height) = (picture.width, picture.height)
      bytes = picture.jpeg(quality: 85)
    }
    address = "data:image/jpeg;base64," + Data(bytes).base64EncodedString()
  }

  /// Of files, in their order; why not, where a file is no picture.
  ///
  /// JPEG files are decoded as small as will do.
  package static func all(
    of paths: [String], side: Int = Thumbnail.side, threads: Int
  ) -> [Result<Thumbnail, PictureError>] {
    let results = Mutex([Result<Thumbnail, PictureError>?](repeating: nil, count: paths.count))
    let chunk = 8
    Threads.forEach((paths.count + chunk - 1) / chunk, threads: threads) { part in
      var file = FileBytes()
      var picture = Picture()
      var resizer = Resizer()
      for index in part * chunk..<min(paths.count, (part + 1) * chunk) {
        let result: Result<Thumbnail, PictureError>
        do throws(PictureError) {
          try file.read(paths[index])
          try picture.decode(file.bytes, atLeast: PictureSize(height: side, width: side))
          result = .success(Thumbnail(picture, side: side, &resizer))
        } catch {
          result = .failure(error)
        }
        results.withLock { $0[index] = result }
      }
    }
    return results.withLock { $0.map { $0 ?? .failure(.empty) } }
  }

  /// An image of it; the text is for who cannot see it.
  func html(_ text: String) -> HTML {
    "<img src=\"\(address)\" alt=\"\(text)\" width=\"\(width)\" height=\"\(height)\">"
  }
}
