import Diagnostics

/// Weights whose head knows the same classes in another order.
enum WeightsOfOtherClasses: Lint {
  static let page = CodePage(
    "weights-class-order", .warning, "the weights know these classes in another order",
    text: """
      The file's head was trained for the same classes in another order. Labels go by name, so the \
      head is made new rather than used with wrong names. Write `data.classes` in the weights' \
      order to keep it.
      """)

  static func check(_ subject: LintSubject) -> [Diagnostic] {
    guard let ours = subject.data?.classes, let theirs = subject.weights?.classes, ours != theirs,
      Set(ours) == Set(theirs),
      let place = zip(ours, theirs).enumerated().first(where: { $1.0 != $1.1 })
    else { return [] }
    return [
      finding(
        "the weights know these classes in another order: class \(place.offset) is "
          + "'\(place.element.1)' there and '\(place.element.0)' here, so the head is made new",
        at: subject.experiment.model.places.span(of: "weights"),
        help: "write 'data.classes' in the weights' order to keep the head")
    ]
  }
}
