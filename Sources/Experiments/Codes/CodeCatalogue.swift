import Diagnostics

/// The page of every code that a diagnostic can have.
package enum CodeCatalogue {
  package static let all: [CodePage] =
    (TextCodes.pages + NameCodes.pages + ValueCodes.pages + ExperimentCodes.pages + DataCodes.pages
    + RunCodes.pages + MachineCodes.pages + LintCatalogue.pages)
    .sorted { $0.code.rawValue < $1.code.rawValue }

  /// Nil where no code has the name.
  package static func page(_ code: String) -> CodePage? {
    all.first { $0.code.rawValue == code }
  }
}
