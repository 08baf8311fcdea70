import Experiments
import Models
import Petals
import Runs
import Training

/// Where the pictures of a run are, and what their classes are called.
struct RunPictures {
  /// Nil where `resolved.yaml` cannot be read.
  let experiment: Experiment?
  /// Folder names in the order of the logits; empty where no weights say it.
  let classes: [String]
  /// What classes are called, by folder name.
  let names: [String: String]
  /// Where the pictures are; nil where that is not known, or nothing is there.
  let data: String?
  /// Why there are no pictures.
  let problem: String?
  let threads: Int

  init(_ folder: RunFolder, threads: Int) {
    self.threads = threads
    let metadata = [folder.best, folder.last].lazy.compactMap(Self.metadata).first
    let experiment =
      ExperimentLoader.load(path: folder.resolved, overrides: [], checksFiles: false).experiment
    self.experiment = experiment
    classes = metadata?.classes ?? []
    var names = metadata?.classNames ?? [:]
    if names.isEmpty, let file = experiment?.data.classNames, let read = try? ClassNames.read(file)
    {
      names = read
    }
    self.names = names
    (data, problem) = Self.data(experiment, threads: threads)
  }

  private static func metadata(_ path: String) -> WeightsMetadata? {
    guard let file = try? SafeTensorsFile(path: path) else { return nil }
    return try? WeightsMetadata(file)
  }

  private static func data(
    _ experiment: Experiment?, threads: Int
  ) -> (folder: String?, problem: String?) {
    switch experiment?.data.source {
    case nil:
      return (nil, "resolved.yaml cannot be read, so it is not known where the pictures are")
    case .folder(let path):
      guard FilePath.entry(at: path) == .directory else {
        return (nil, "the data folder \(path) is not there any more, so no picture can be shown")
      }
      return (path, nil)
    case .builtin(let name):
      guard let path = try? PetalSet.named(name)?.materialized(threads: threads) else {
        return (nil, "the embedded set '\(name)' cannot be written, so no picture can be shown")
      }
      return (path, nil)
    }
  }

  func name(_ folder: String) -> String { names[folder] ?? folder }

  /// Small pictures of paths within the data folder, or why there is none; without a reason where there is no data
  /// at all, which is said once.
  func thumbnails(
    _ paths: [String], side: Int = Thumbnail.side
  ) -> [(thumbnail: Thumbnail?, problem: String?)] {
    guard let data else { return paths.map { _ in (nil, nil) } }
    return Thumbnail.all(of: paths.map { data + "/" + $0 }, side: side, threads: threads).map {
      switch $0 {
      case .success(let thumbnail): (thumbnail, nil)
      case .failure(let error): (nil, "\(error)")
      }
    }
  }

  /// Says that there are no pictures, where there are none.
  var note: HTML {
    problem.map { "<p class=\"note warn\">No pictures: \($0).</p>" } ?? HTML()
  }
}
