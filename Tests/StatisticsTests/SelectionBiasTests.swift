import Glibc
import Statistics
import Tensors
import XCTest

final class SelectionBiasTests: XCTestCase {
  /// Runs of which the truth is known: what each epoch gets right of the pictures at hand, and how often it is right
  /// over all pictures of the world.
  private struct World {
    let epochs: Int
    let pictures: Int
    /// Accuracy over all pictures, by epoch.
    let truth: (Int) -> Double
    /// How much of a picture's difficulty is the same in all epochs.
    let shared: Double

    func outcomes(_ trial: Int) -> [[Bool]] {
      var stream = RandomStream(
        seed: 16, purpose: .test, [2000, UInt64(trial), UInt64(epochs), UInt64(pictures)])
      let difficulty = (0..<pictures).map { _ in stream.normal() }
      return (0..<epochs).map { epoch in
        let limit = Normal.quantile(truth(epoch))
        return difficulty.map {
          shared.squareRoot() * $0 + (1 - shared).squareRoot() * stream.normal() < limit
        }
      }
    }
  }

  private let worlds: [(String, World)] = [
    ("flat", World(epochs: 20, pictures: 200, truth: { _ in 0.8 }, shared: 0)),
    ("flat, noise half shared", World(epochs: 30, pictures: 300, truth: { _ in 0.8 }, shared: 0.5)),
    (
      "flat, noise mostly shared",
      World(epochs: 40, pictures: 400, truth: { _ in 0.85 }, shared: 0.9)
    ),
    (
      "rising",
      World(
        epochs: 25, pictures: 250, truth: { 0.85 - 0.5 * exp(-Double($0) / 4) }, shared: 0.6)
    ),
    ("a line", World(epochs: 12, pictures: 100, truth: { 0.5 + 0.02 * Double($0) }, shared: 0.3)),
  ]

  /// The true bias of each trial's best epoch and both estimates of it, summed up.
  private func sums(
    of world: World, trials: Int
  ) throws -> (truth: Double, curve: Double, halves: Double) {
    var sums = (truth: 0.0, curve: 0.0, halves: 0.0)
    let draws = SelectionBias.Draws(epochs: world.epochs, simulations: 200)
    for trial in 0..<trials {
      let outcomes = world.outcomes(trial)
      let values = outcomes.map { Double($0.count { $0 }) / Double(world.pictures) }
      let best = try XCTUnwrap(values.indices.max { values[$0] < values[$1] })
      // What the pictures share in all epochs is no bias of the choice.
      let ease =
        values.indices.reduce(0) { $0 + values[$1] - world.truth($1) } / Double(world.epochs)
      sums.truth += values[best] - world.truth(best) - ease
      sums.curve += try XCTUnwrap(
        SelectionBias.estimate(
          values, pictures: world.pictures, direction: .higherIsBetter, draws: draws))
      sums.halves += try XCTUnwrap(SelectionBias.estimate(outcomes: outcomes, splits: 20))
    }
    return sums
  }

  func testEstimatesAreTheTrueBiasOnAverage() throws {
    for (name, world) in worlds {
      let trials = 150
      let sums = try sums(of: world, trials: trials)
      let n = Double(trials)
      XCTAssertGreaterThan(sums.truth / n, 0.002)
      XCTAssertEqual(sums.curve, sums.truth, accuracy: 0.25 * sums.truth, "\(name), by the curve")
      XCTAssertEqual(sums.halves, sums.truth, accuracy: 0.25 * sums.truth, "\(name), by halves")
    }
  }

  /// Where training moves the true values, the curve cannot tell that from noise: then its estimate is too large,
  /// by the halves never.
  func testAnEstimateFromAWigglingCurveIsAnUpperOne() throws {
    let world = World(
      epochs: 20, pictures: 300, truth: { 0.8 + 0.03 * cos(Double($0 * $0) * 1.7) }, shared: 0.9)
    let sums = try sums(of: world, trials: 100)
    XCTAssertGreaterThan(sums.curve, sums.truth)
    XCTAssertGreaterThan(sums.halves, 0.8 * sums.truth)
    XCTAssertLessThan(sums.halves, 1.5 * sums.truth)
  }

  func testWhatCannotBeChosenHasNoBias() {
    // Draws of more epochs than there are begin in the same way.
    let curve = [0.5, 0.7, 0.68, 0.72, 0.71]
    XCTAssertEqual(
      SelectionBias.estimate(curve, pictures: 100, direction: .higherIsBetter),
      SelectionBias.estimate(
        curve, pictures: 100, direction: .higherIsBetter, draws: .init(epochs: 9)))
    XCTAssertNil(SelectionBias.estimate([], direction: .higherIsBetter))
    XCTAssertNil(SelectionBias.estimate([0.5, .nan], direction: .higherIsBetter))
    XCTAssertEqual(SelectionBias.estimate([0.7], direction: .higherIsBetter), 0)
    XCTAssertEqual(SelectionBias.estimate([0.7, 0.7, 0.7], direction: .lowerIsBetter), 0)
    XCTAssertEqual(
      SelectionBias.estimate([0.5, 1, 1], pictures: 10, direction: .higherIsBetter), 0)
    XCTAssertNil(SelectionBias.estimate(outcomes: []))
    XCTAssertNil(SelectionBias.estimate(outcomes: [[true]]))
    let same = [[true, false, true, true], [true, false, true, true]]
    XCTAssertLessThan(SelectionBias.estimate(outcomes: same) ?? 1, 0.05)
  }

  func testALossIsBiasedDownwardsByAsMuch() throws {
    let values = [0.8, 0.71, 0.74, 0.69, 0.72, 0.7, 0.735, 0.69, 0.71]
    let loss = try XCTUnwrap(SelectionBias.estimate(values, direction: .lowerIsBetter))
    XCTAssertEqual(
      loss, SelectionBias.estimate(values.map { -$0 }, direction: .higherIsBetter))
    XCTAssertGreaterThan(loss, 0.01)
    XCTAssertLessThan(loss, 0.1)
  }

  func testMoreEpochsAndFewerPicturesMakeMoreBias() throws {
    func wiggle(_ epochs: Int, _ size: Double) -> [Double] {
      (0..<epochs).map { 0.8 + size * cos(Double($0 * $0) * 1.7) }
    }
    func bias(_ values: [Double], _ pictures: Int) throws -> Double {
      try XCTUnwrap(
        SelectionBias.estimate(values, pictures: pictures, direction: .higherIsBetter))
    }
    XCTAssertLessThan(try bias(wiggle(8, 0.05), 100), try bias(wiggle(80, 0.05), 100))
    // Pictures cap the noise; the rest must be training.
    XCTAssertLessThan(try bias(wiggle(20, 0.05), 10_000), 0.3 * (try bias(wiggle(20, 0.05), 100)))
    XCTAssertEqual(try bias(wiggle(20, 0.01), 100), try bias(wiggle(20, 0.01), 100))
  }
}
