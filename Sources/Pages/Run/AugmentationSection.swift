import Experiments
import Images
import Loading
import Reports
import Tensors
import Transforms

/// What training sees of a few pictures: each of them after each operation of the pipeline.
enum AugmentationSection {
  private static let pictures = 4
  private static let side = 112

  static func section(_ run: RunContents) -> Page.Section {
    Page.Section("augmentation", "Augmentation", body(run))
  }

  private static func body(_ run: RunContents) -> HTML {
    guard let experiment = run.experiment else {
      return RunContents.missing("resolved.yaml cannot be read, so the transforms are not known.")
    }
    guard let data = run.pictures.data else { return run.dataNote }
    let samples = samples(experiment.data, data, run)
    guard !samples.isEmpty else {
      return RunContents.missing(
        "No training picture can be read in \(data)/\(experiment.data.trainSplit).")
    }
    // Phases with one pipeline show the same but for what is drawn.
    var parts = HTML()
    var done: [[String]] = []
    for (index, phase) in experiment.phases.enumerated() {
      let texts = phase.trainTransforms.map(\.json)
      guard !done.contains(texts) else { continue }
      done.append(texts)
      guard let pipeline = try? Pipeline(phase.trainTransforms, decoding: experiment.data.decode)
      else { continue }
      if experiment.phases.count > 1 { parts += "<h3>From phase \(phase.name) on</h3>" }
      for sample in samples {
        parts += strip(sample, pipeline, seed: experiment.seed, phase: index, run)
      }
    }
    return """
      <p>Training pictures after each operation, with the numbers drawn in epoch 1: this is what the network saw. Normalised tensors are shown as the pictures that they stand for.</p>
      \(parts)
      """
  }

  /// The first pictures of a few classes.
  private static func samples(
    _ settings: DataSettings, _ data: String, _ run: RunContents
  ) -> [Sample] {
    let folder = data + "/" + settings.trainSplit
    let known = settings.classes ?? run.confusion.classes
    let there = known.filter { FilePath.entry(at: folder + "/" + $0) == .directory }
    let classes =
      there.isEmpty
      ? FilePath.names(in: folder).filter {
        !$0.hasPrefix(".") && FilePath.entry(at: folder + "/" + $0) == .directory
      }.sorted() : there
    let chosen = PredictionsSection.sample(classes.count, pictures).map { classes[$0] }
    guard !chosen.isEmpty else { return [] }
    // Only the folders of these classes are listed: others may hold a million pictures.
    let (found, _) = ImageFolder.read(data, splits: [settings.trainSplit], chosen: chosen)
    let all = found?[settings.trainSplit] ?? []
    return chosen.indices.compactMap { label in all.first { $0.label == label } }
  }

  private static func strip(
    _ sample: Sample, _ pipeline: Pipeline, seed: UInt64, phase: Int, _ run: RunContents
  ) -> HTML {
    var canvas = Canvas()
    var file = FileBytes()
    var steps = HTML()
    do throws(PictureError) {
      try file.read(sample.file)
      try pipeline.decode(file.bytes, into: &canvas)
    } catch {
      return "<p class=\"note warn\">\(sample.path) \("\(error)").</p>"
    }
    let path = sample.path.split(separator: "/", omittingEmptySubsequences: false)
      .map { HTML(text: String($0)) }.joined(separator: "/<wbr>")
    steps += figure(Thumbnail(canvas.picture, side: side), "file", path, sample.path)
    let place = SamplePlace(phase: phase, epoch: 0, sample: sample.identity)
    do throws(PipelineError) {
      try pipeline.preview(on: &canvas, seed: seed, at: place) { index, picture in
        let component = pipeline.components[index]
        let text = ComponentText.short(
          component, in: TransformCatalogue.type(component.name)?.declaration)
        let arguments = text.dropFirst(component.name.count).drop { $0 == "(" }
        steps += figure(
          Thumbnail(picture, side: side), component.name,
          HTML(text: String(arguments.hasSuffix(")") ? arguments.dropLast() : arguments[...])),
          sample.path)
      }
    } catch {
      steps += "<p class=\"note warn\">\("\(error)")</p>"
    }
    return "<div class=\"scroll\"><div class=\"strip\">\(steps)</div></div>\n"
  }

  /// A name that may be broken where a word of it begins.
  private static func breakable(_ name: String) -> HTML {
    var html = HTML()
    var word = ""
    for character in name {
      if character.isUppercase, !word.isEmpty {
        html += "\(word)<wbr>"
        word = ""
      }
      word.append(character)
    }
    return html + HTML(text: word)
  }

  private static func figure(
    _ thumbnail: Thumbnail, _ step: String, _ note: HTML, _ path: String
  ) -> HTML {
    """
    <figure><div class="frame">\(thumbnail.html("\(path) after \(step)"))</div><figcaption><span class="step">\(breakable(step))</span><span class="muted">\(note)</span></figcaption></figure>

    """
  }
}
