import Experiments
import Loading
import Transforms

extension PictureCache {
  /// The cache for an experiment's pipelines.
  package convenience init(_ store: PictureStore, _ experiment: Experiment) {
    // As the run decodes them, or it would not find them. A pipeline that is none is said by the plan.
    let decoding = experiment.data.decode
    self.init(
      store,
      pipelines: [
        .train: experiment.phases.compactMap {
          try? Pipeline($0.trainTransforms, decoding: decoding)
        },
        .eval: experiment.phases.compactMap {
          try? Pipeline($0.evalTransforms, decoding: decoding)
        },
      ])
  }
}
