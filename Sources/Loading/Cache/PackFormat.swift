import Glibc
import Images
import Tensors

/// A picture's content, by which cached pictures are found: the 256 bits of its file's SHA-256.
package struct ContentDigest: Hashable, Sendable {
  let words: SIMD4<UInt64>

  /// Nil where the text is no SHA-256 in hexadecimal.
  package init?(_ hex: String) {
    guard hex.utf8.count == 64 else { return nil }
    var words = SIMD4<UInt64>()
    for (index, digit) in hex.utf8.enumerated() {
      let value: UInt8
      switch digit {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): value = digit - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): value = digit - UInt8(ascii: "a") + 10
      default: return nil
      }
      words[index / 16] = words[index / 16] << 4 | UInt64(value)
    }
    self.words = words
  }

  init(words: SIMD4<UInt64>) { self.words = words }
}

/// Where a picture's bytes stand in a pack.
struct PackEntry: Sendable {
  var digest: ContentDigest
  var offset: Int
  var size: PictureSize
  var checksum: UInt64

  var byteCount: Int { size.height * size.width * 3 }
}

/// A pack file: a header, pictures one after the other, their index, the program's text, a footer of a fixed size.
///
/// All numbers are little-endian. What is read is believed only where checksums and sizes agree: those of index,
/// text and footer when a pack is opened, that of a picture whenever it is read.
enum PackFormat {
  /// Part of the folder's name, so that another version's files are not even opened.
  static let version = 1
  static let header = Array("xrun pictures 1\n".utf8)
  static let trailer = Array("xrun pack end 1\n".utf8)
  static let entryBytes = 64
  static let footerBytes = 64

  /// The end of a pack: index, text, footer.
  static func tail(_ entries: [PackEntry], text: String, at offset: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(entries.count * entryBytes + text.utf8.count + footerBytes)
    for entry in entries {
      for lane in 0..<4 { append(entry.digest.words[lane], to: &bytes) }
      append(UInt64(entry.offset), to: &bytes)
      append(UInt64(entry.size.height), to: &bytes)
      append(UInt64(entry.size.width), to: &bytes)
      append(entry.checksum, to: &bytes)
    }
    bytes += Array(text.utf8)
    let checksum = bytes.withUnsafeBytes(PackChecksum.of)
    var footer = trailer
    append(UInt64(offset), to: &footer)
    append(UInt64(entries.count), to: &footer)
    append(UInt64(text.utf8.count), to: &footer)
    append(checksum, to: &footer)
    append(footer.withUnsafeBytes(PackChecksum.of), to: &footer)
    append(0, to: &footer)
    return bytes + footer
  }

  /// What a footer says; nil where it is none, or damaged.
  static func footer(
    _ bytes: UnsafeRawBufferPointer, fileBytes: Int
  ) -> (offset: Int, count: Int, textBytes: Int, checksum: UInt64)? {
    guard bytes.count == footerBytes, bytes.prefix(16).elementsEqual(trailer),
      word(bytes, 48) == PackChecksum.of(UnsafeRawBufferPointer(rebasing: bytes[..<48])),
      let offset = Int(exactly: word(bytes, 16)), let count = Int(exactly: word(bytes, 24)),
      let textBytes = Int(exactly: word(bytes, 32))
    else { return nil }
    // Bounded first, so that the sum cannot overflow.
    guard offset >= header.count, offset <= fileBytes, count <= fileBytes / entryBytes,
      textBytes <= fileBytes,
      offset + count * entryBytes + textBytes + footerBytes == fileBytes
    else { return nil }
    return (offset, count, textBytes, word(bytes, 40))
  }

  /// The entries of an index; nil where one is not within the pictures, which end at `end`.
  static func entries(_ index: UnsafeRawBufferPointer, end: Int) -> [PackEntry]? {
    var entries: [PackEntry] = []
    entries.reserveCapacity(index.count / entryBytes)
    for start in stride(from: 0, to: index.count, by: entryBytes) {
      guard let offset = Int(exactly: word(index, start + 32)),
        let height = Int(exactly: word(index, start + 40)),
        let width = Int(exactly: word(index, start + 48)),
        height > 0, width > 0, height <= Picture.pixelLimit, width <= Picture.pixelLimit / height
      else { return nil }
      let digest = ContentDigest(
        words: SIMD4(
          word(index, start), word(index, start + 8), word(index, start + 16),
          word(index, start + 24)))
      let entry = PackEntry(
        digest: digest, offset: offset, size: PictureSize(height: height, width: width),
        checksum: word(index, start + 56))
      guard offset >= header.count, offset <= end, entry.byteCount <= end - offset else {
        return nil
      }
      entries.append(entry)
    }
    return entries
  }

  private static func append(_ word: UInt64, to bytes: inout [UInt8]) {
    withUnsafeBytes(of: word.littleEndian) { bytes += $0 }
  }

  private static func word(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> UInt64 {
    UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }
}

/// Sixty-four bits that tell damaged bytes from sound ones; no protection against those who mean harm.
enum PackChecksum {
  /// Four lanes of words, each step of which is one to one, so that a change within one word always shows.
  ///
  /// About as fast as the memory: it is computed whenever a picture is read.
  static func of(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    var lanes: (UInt64, UInt64, UInt64, UInt64) = (
      0x243F_6A88_85A3_08D3, 0x1319_8A2E_0370_7344, 0xA409_3822_299F_31D0, 0x082E_FA98_EC4E_6C89
    )
    var offset = 0
    let count = bytes.count
    while offset + 32 <= count {
      lanes.0 = mixed(lanes.0, word(bytes, offset))
      lanes.1 = mixed(lanes.1, word(bytes, offset + 8))
      lanes.2 = mixed(lanes.2, word(bytes, offset + 16))
      lanes.3 = mixed(lanes.3, word(bytes, offset + 24))
      offset += 32
    }
    while offset < count {
      var rest: UInt64 = 0
      for index in offset..<min(count, offset + 8) { rest = rest << 8 | UInt64(bytes[index]) }
      lanes.0 = mixed(lanes.0, rest)
      offset += 8
    }
    var sum = mixed(lanes.0, UInt64(count))
    sum = mixed(sum, lanes.1)
    sum = mixed(sum, lanes.2)
    return mixed(sum, lanes.3)
  }

  @inline(__always)
  private static func mixed(_ lane: UInt64, _ word: UInt64) -> UInt64 {
    let product = (lane ^ word) &* 0x9E37_79B9_7F4A_7C15
    return product ^ product >> 32
  }

  @inline(__always)
  private static func word(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> UInt64 {
    UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }
}
