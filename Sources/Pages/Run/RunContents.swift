import Experiments
import Reports
import Runs

/// A run folder with everything that its report shows, as far as it is there; what is not is named where it is missed.
struct RunContents {
  let reader: RunReader
  let folder: RunFolder
  /// The split whose predictions are shown.
  let split: String
  let rows: [PredictionsReader.Row]
  /// Why there are no predictions.
  let predictionsProblem: String?
  let confusion: Confusion
  let pictures: RunPictures
  let threads: Int

  init(_ folder: RunFolder, threads: Int) {
    reader = RunReader(folder.path)
    self.folder = folder
    self.threads = threads
    pictures = RunPictures(folder, threads: threads)
    // Of the pictures that epochs were chosen by, else of the test pictures.
    var problem: String?
    var found: (split: String, rows: [PredictionsReader.Row])?
    for split in ["val", "test"] where found == nil {
      do throws(WholeFile.Problem) {
        found = (split, try PredictionsReader.read(folder.predictions(split)))
      } catch {
        problem = problem ?? error.description
      }
    }
    split = found?.split ?? "val"
    rows = found?.rows ?? []
    predictionsProblem = found == nil ? problem.map { Self.within(folder, $0) } : nil
    confusion = Confusion(rows, classes: pictures.classes)
  }

  var experiment: Experiment? { pictures.experiment }

  /// A message about a file of the folder, with the file's name alone: the same wherever the folder is.
  static func within(_ folder: RunFolder, _ message: String) -> String {
    message.replacing(folder.path + "/", with: "")
  }

  /// What a class is called.
  func name(_ folder: String) -> String { pictures.name(folder) }
  /// What a class is called, by its place.
  func name(at place: Int) -> String { name(confusion.classes[place]) }

  /// Cards of some predictions, with their pictures as far as these are there.
  func cards(_ rows: [PredictionsReader.Row]) -> [PictureCard] {
    let thumbnails = pictures.thumbnails(rows.map(\.path))
    return zip(rows, thumbnails).map { row, picture in
      PictureCard(
        path: row.path, thumbnail: picture.thumbnail,
        predictions: [(name(row.predicted), row.predictedProbability)],
        truth: (name(row.label), row.labelProbability), isRight: row.isCorrect,
        problem: picture.problem)
    }
  }

  /// Says that there are no pictures, where there are none.
  var dataNote: HTML { pictures.note }

  /// What a section says that has nothing to show.
  static func missing(_ text: String) -> HTML { "<p class=\"note warn\">\(text)</p>" }
}
