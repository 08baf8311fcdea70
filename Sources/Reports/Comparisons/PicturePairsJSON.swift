import Models
import Runs
import Statistics

extension PicturePairs {
  /// All flips, and the numbers that the verdict rests on.
  var json: JSON {
    guard problems.isEmpty else {
      return .object(["problems": .array(problems.map(JSON.string))])
    }
    func answer(_ answer: (predicted: String, probability: Double)) -> JSON {
      .object([
        "predicted": .string(answer.predicted), "probability": .number(answer.probability),
      ])
    }
    return .object([
      "split": .string(split), "first": .string(first.folder.path),
      "second": .string(second.folder.path), "pictures": .integer(outcomes.count),
      "left_out": .integer(notShared), "both_right": .integer(outcomes.bothCorrect),
      "only_first_right": .integer(outcomes.onlyFirstCorrect),
      "only_second_right": .integer(outcomes.onlySecondCorrect),
      "both_wrong": .integer(outcomes.neitherCorrect), "difference": .of(outcomes.difference),
      "interval": .of(bootstrap?.interval), "p_mcnemar": .number(outcomes.mcNemarPValue),
      "flips": .array(
        flips.map { flip in
          .object([
            "path": .string(flip.path), "label": .string(flip.label),
            "first": answer(flip.first), "second": answer(flip.second),
            "right": .string(flip.isGained ? "second" : "first"),
          ])
        }),
    ])
  }
}
