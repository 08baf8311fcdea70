import Runs

/// The first training step at which two runs' losses are not the same.
package struct StepParting: Sendable, Equatable {
  package let first: StepsReader.Step
  package let second: StepsReader.Step
  /// How many steps before have the same losses, to the last digit.
  package let before: Int

  /// What the steps of two runs say.
  enum Finding {
    case parting(StepParting)
    /// The same as far as both went: so many steps.
    case same(first: Int, second: Int)
    /// Not both can be read; the problems of those that are there.
    case unknown(problems: [String])
  }

  static func find(_ first: RunFolder, _ second: RunFolder) -> Finding {
    var problems: [String] = []
    func steps(_ folder: RunFolder) -> [StepsReader.Step]? {
      do throws(WholeFile.Problem) {
        return try StepsReader.read(folder.steps)
      } catch {
        problems.append(error.description)
        return nil
      }
    }
    let (own, others) = (steps(first), steps(second))
    guard let a = own, let b = others else { return .unknown(problems: problems) }
    for (index, (x, y)) in zip(a, b).enumerated() {
      // What is no number is the same as what is no number.
      let isSame = x.isPlace(of: y) && (x.loss == y.loss || x.loss.isNaN && y.loss.isNaN)
      if !isSame { return .parting(StepParting(first: x, second: y, before: index)) }
    }
    return .same(first: a.count, second: b.count)
  }

  package static func == (a: StepParting, b: StepParting) -> Bool {
    a.first == b.first && a.second == b.second && a.before == b.before
  }
}
