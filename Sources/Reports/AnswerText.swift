import Diagnostics
import Runs

/// Answers as text, one picture after the other, so that thousands can be written as they come.
package enum AnswerText: String, Sendable, CaseIterable {
  /// For people: the path, and a line for each class.
  case text
  /// One object a line.
  case json
  /// A row for each picture (RFC 4180), with the columns of `predictions/val.csv` that need no label.
  case csv

  /// What stands before the first picture; nil for nothing.
  ///
  /// - Parameter ranks: how many classes are told of each picture.
  package func header(ranks: Int) -> String? {
    guard self == .csv else { return nil }
    var columns = ["path", "predicted", "name", "predicted_probability"]
    for rank in 1...max(1, ranks) { columns += ["top\(rank)", "top\(rank)_probability"] }
    return (columns + ["error"]).joined(separator: ",") + "\n"
  }

  /// One picture, with its line's end.
  package func entry(_ answer: Answer, ranks: Int) -> String {
    switch self {
    case .text: Self.text(answer)
    case .json: Self.json(answer)
    case .csv: Self.csv(answer, ranks: ranks)
    }
  }

  private static func text(_ answer: Answer) -> String {
    var text = VisibleText.of(answer.path) + "\n"
    if answer.problem != nil { text += "  not read\n" }
    for guess in answer.guesses {
      text += "  \(Numbers.fixed(Double(guess.probability), 4))  \(VisibleText.of(guess.name))"
      text += guess.name == guess.label ? "\n" : " (\(VisibleText.of(guess.label)))\n"
    }
    return text
  }

  private static func json(_ answer: Answer) -> String {
    let path = JSONRenderer.quoted(answer.path)
    if let problem = answer.problem {
      return "{\"path\":\(path),\"error\":\(JSONRenderer.quoted(problem.words))}\n"
    }
    let guesses = answer.guesses.map { guess in
      let probability = guess.probability.isFinite ? "\(guess.probability)" : "null"
      return "{\"class\":\(JSONRenderer.quoted(guess.label)),"
        + "\"name\":\(JSONRenderer.quoted(guess.name)),\"probability\":\(probability)}"
    }
    return "{\"path\":\(path),\"top\":[\(guesses.joined(separator: ","))]}\n"
  }

  private static func csv(_ answer: Answer, ranks: Int) -> String {
    var fields = [PredictionsWriter.field(answer.path)]
    if let best = answer.guesses.first {
      fields += [
        PredictionsWriter.field(best.label), PredictionsWriter.field(best.name),
        "\(best.probability)",
      ]
    } else {
      fields += ["", "", ""]
    }
    for rank in 0..<max(1, ranks) {
      if rank < answer.guesses.count {
        let guess = answer.guesses[rank]
        fields += [PredictionsWriter.field(guess.label), "\(guess.probability)"]
      } else {
        fields += ["", ""]
      }
    }
    fields.append(PredictionsWriter.field(answer.problem?.words ?? ""))
    return fields.joined(separator: ",") + "\n"
  }
}
