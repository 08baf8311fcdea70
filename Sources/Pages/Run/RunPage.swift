import Reports
import Runs
import Tensors

/// `report.html` of a run: everything that its folder says, on one page.
package enum RunPage {
  /// The page of a folder; the same bytes for the same folder and pictures. Never fails: what is missing or torn is
  /// named where it would stand.
  package static func html(_ folder: RunFolder, threads: Int) -> String {
    let run = RunContents(folder, threads: threads)
    let sections = [
      SummarySection.section(run), CurvesSection.section(run), ConfusionSection.section(run),
      ClassesSection.section(run), PredictionsSection.section(run),
      MostWrongSection.section(run), CalibrationSection.section(run),
      AugmentationSection.section(run), FreezeSection.section(run),
      ConfigurationSection.section(run),
    ]
    return Page(
      title: SummarySection.name(run), header: SummarySection.header(run), sections: sections
    ).html
  }

  /// Writes the page into its folder, whole or not at all.
  package static func write(_ folder: RunFolder, threads: Int) throws(FileError) {
    try AtomicFile.write(path: folder.report, text: html(folder, threads: threads))
  }
}
