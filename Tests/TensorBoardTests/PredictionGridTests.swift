import Foundation
import Images
import Runs
import TensorBoard
import TestSupport
import XCTest

/// The sheet of predictions and the font on it.
final class PredictionGridTests: XCTestCase {
  /// Rows as they are read back: path, label, what is predicted.
  private func rows(
    _ predictions: [(String, String, String)]
  ) throws -> [PredictionsReader.Row] {
    let folder = try TemporaryFolder()
    try PredictionsWriter.write(
      predictions.map {
        Prediction(path: $0.0, label: $0.1, top: [($0.2, 0.5)], labelProbability: 0.5)
      }, to: folder("rows.csv"))
    return try PredictionsReader.read(folder("rows.csv"))
  }

  private func pixel(_ picture: borrowing Picture, _ x: Int, _ y: Int) -> PixelColour {
    let bytes = picture.bytes
    let place = (y * picture.width + x) * 3
    return PixelColour(bytes[place], bytes[place + 1], bytes[place + 2])
  }

  func testFramesAreGreenWhereRightAndRedWhereWrong() throws {
    let folder = try TemporaryFolder()
    try PictureFolder.write(to: folder.path, size: 40)
    let rows = try rows([
      ("val/iris/0.jpg", "iris", "iris"), ("val/iris/1.jpg", "iris", "rose"),
      ("val/gone.jpg", "iris", "iris"),
    ])
    let grid = PredictionGrid(rows, name: { "the \($0)" }, file: { folder($0) })
    guard let sheet = grid.drawn() else { return XCTFail("no sheet") }
    let step = PredictionGrid.side + PredictionGrid.gap
    XCTAssertEqual(sheet.width, 3 * step + PredictionGrid.gap)
    let frames = (0..<3).map {
      pixel(sheet, PredictionGrid.gap + $0 * step + 1, PredictionGrid.gap + 1)
    }
    XCTAssertEqual(frames, [PredictionGrid.right, PredictionGrid.wrong, PredictionGrid.right])
    // Inside is the picture, and where it is gone the frame's colour.
    let middles = (0..<3).map { pixel(sheet, PredictionGrid.gap + $0 * step + 90, 100) }
    XCTAssertNotEqual(middles[0], PredictionGrid.right)
    XCTAssertEqual(middles[2], PredictionGrid.right)
  }

  func testSomeOfManyAreShownEvenlySpread() throws {
    let rows = try rows((0..<818).map { ("\($0)", "a", "a") })
    let shown = PredictionGrid(rows, name: { $0 }, file: { $0 }).predictions.compactMap {
      Int($0.path)
    }
    XCTAssertEqual(shown.count, 36)
    XCTAssertEqual(shown.first, 0)
    let steps = Set(zip(shown, shown.dropFirst()).map { $1 - $0 })
    XCTAssertEqual(steps, [22, 23])
    if PredictionGrid([], name: { $0 }, file: { $0 }).drawn() != nil { XCTFail("of nothing") }
  }

  func testEveryLetterIsDrawnAndNoTwoAreAlike() {
    let characters = (0x21...0x7E).map { String(UnicodeScalar(UInt8($0))) }
    let glyphs = characters.map { SmallFont.glyphs($0)[0] }
    XCTAssertEqual(Set(glyphs).count, characters.count)
    XCTAssertTrue(glyphs.allSatisfy { (1...5).contains($0.width) && $0.rows.contains { $0 != 0 } })
    XCTAssertEqual(SmallFont.glyphs("é"), SmallFont.glyphs("e"))
    XCTAssertEqual(SmallFont.glyphs("花").count, 1)
    XCTAssertEqual(SmallFont.width(""), 0)
    XCTAssertEqual(SmallFont.width("l l"), 3 + 1 + 3 + 1 + 3)
    XCTAssertEqual(SmallFont.fitting("short", in: 90), "short")
    let fitted = SmallFont.fitting("hard-leaved pocket orchid", in: 90)
    XCTAssertTrue(fitted.hasPrefix("hard-leaved") && fitted.hasSuffix("..."), fitted)
    XCTAssertLessThanOrEqual(SmallFont.width(fitted), 90)
    for (text, lines) in [
      ("short name", ["short name"]),
      ("hard-leaved pocket orchid", ["hard-leaved", "pocket orchid"]),
      ("bougainvillea-bougainvillea", [SmallFont.fitting("bougainvillea-bougainvillea", in: 90)]),
      ("", [""]),
    ] {
      XCTAssertEqual(SmallFont.lines(text, in: 90), lines)
    }
  }
}
