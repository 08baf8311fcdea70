/// The codes that a comment or `--allow` can name.
package enum WarningCodes {
  /// Those of lints, and those of odd data.
  package static var all: [String] {
    LintCatalogue.pages.map(\.code.rawValue) + data
  }

  /// What is odd about pictures and class names, found where they are read.
  private static let data = [
    "class-missing-in-split", "class-without-name", "ignored-files", "misnamed-picture",
    "unused-split",
  ]
}
