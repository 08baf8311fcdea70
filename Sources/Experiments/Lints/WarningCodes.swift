/// The codes that a comment or `--allow` can name.
package enum WarningCodes {
  /// Those of lints, and those of what is odd about pictures and class names.
  package static var all: [String] {
    (LintCatalogue.pages + DataCodes.pages.filter { $0.severity < .error }).map(\.code.rawValue)
  }
}
