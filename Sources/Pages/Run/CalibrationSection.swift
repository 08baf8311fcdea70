import Reports
import Runs
import Statistics

/// Whether the network is as often right as it is sure.
enum CalibrationSection {
  static func section(_ run: RunContents) -> Page.Section {
    Page.Section("calibration", "Calibration", body(run))
  }

  private static func body(_ run: RunContents) -> HTML {
    guard !run.rows.isEmpty else {
      return RunContents.missing("There are no predictions to show.")
    }
    let calibration = Calibration(
      confidences: run.rows.map(\.predictedProbability), correct: run.rows.map(\.isCorrect))
    guard let calibration, let error = calibration.expectedError else {
      return RunContents.missing(
        "A probability of predictions/\(run.split).csv is not from 0 to 1, so there is nothing to say."
      )
    }
    let confidence = Summary(run.rows.map(\.predictedProbability)).mean
    let accuracy = run.confusion.accuracy
    var words: HTML = ""
    if let confidence, let accuracy {
      words =
        confidence > accuracy
        ? "On the whole it is <b>surer than it is right</b>."
        : "On the whole it is <b>less sure than it is right</b>."
    }
    return """
      <div class="columns">
      <div>
      <p>Its probability for what it says, and how often that is right, should be one number. \(words)</p>
      <dl class="facts">
      <dt>expected error (ECE)</dt><dd><b>\(Value.html(error))</b></dd>
      <dt>largest gap</dt><dd>\(Value.html(calibration.maximumError))</dd>
      <dt>mean confidence</dt><dd>\(Value.html(confidence))</dd>
      <dt>accuracy</dt><dd>\(Value.html(accuracy))</dd>
      <dt>pictures, bins</dt><dd>\(Numbers.grouped(run.rows.count)), \(calibration.bins.count) of equal width</dd>
      </dl>
      </div>
      \(ReliabilityDiagram(calibration).html)
      </div>
      """
  }
}
