import Declarations
import Images
import Loading
import Tensors
import Transforms

/// The loader alone: files to batches, augmented, with nothing that consumes them.
enum PipelineTask {
  /// The transforms of the benchmarks' experiments; the peer has the same.
  private static let transforms: [(String, [String: DeclaredValue])] = [
    ("Resize", ["size": .list([.integer(96), .integer(96)])]),
    ("RandomRotation", ["degrees": .number(45)]),
    ("CenterCrop", ["size": .integer(64)]),
    ("RandomHorizontalFlip", [:]),
    ("RandomVerticalFlip", [:]),
    (
      "ColorJitter",
      [
        "brightness": .number(0.2), "contrast": .number(0.1), "saturation": .number(0.1),
        "hue": .number(0.1),
      ]
    ),
    ("RandomGrayscale", ["p": .number(0.025)]),
    ("ToTensor", [:]),
    (
      "Normalize",
      [
        "mean": .list([.number(0.485), .number(0.456), .number(0.406)]),
        "std": .list([.number(0.229), .number(0.224), .number(0.225)]),
      ]
    ),
  ]

  /// A folder that cannot be read.
  struct Unreadable: Error { let reasons: [String] }

  /// Pictures a second of `FOLDER/train` over whole epochs that take at least this many seconds.
  ///
  /// - Parameter cache: a folder that keeps what the pictures are decoded to beforehand; nil to decode in each epoch.
  static func rate(
    folder: String, cache: String?, threads: Int, seconds: Double
  ) throws -> Double {
    let (found, diagnostics) = ImageFolder.read(folder, splits: ["train"])
    guard let samples = found?.samples["train"] else {
      throw Unreadable(reasons: diagnostics.map(\.message))
    }
    let pipeline = try Pipeline(
      transforms.compactMap { name, written in
        TransformCatalogue.type(name).map {
          ComponentValue(name: name, values: $0.declaration.values(written))
        }
      })
    let cached = cache.flatMap { folder in
      let cache = PictureCache(PictureStore(root: folder), pipelines: [.train: [pipeline]])
      let scan = cache.scan(samples, uses: samples.map { _ in .train }, threads: threads)
      return cache.pictures(pipeline, digests: scan.digests)
    }
    let loader = Loader(
      samples, pipeline: pipeline, cached: cached,
      Loader.Settings(batchSize: 128, shuffle: true, workers: threads))
    var pictures = 0
    var epoch = 0
    var begin = Clock.now
    repeat {
      loader.start(epoch: epoch)
      while let batch = try loader.next() { pictures += batch.count }
      if epoch == 0 {
        // It fills memory and the system's cache of files.
        begin = Clock.now
        pictures = 0
      }
      epoch += 1
    } while epoch < 2 || Clock.now - begin < seconds
    return Double(pictures) / (Clock.now - begin)
  }
}
