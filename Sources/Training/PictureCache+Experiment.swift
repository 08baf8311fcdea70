import Experiments
import Loading
import Transforms

extension PictureCache {
  /// The cache for an experiment's pipelines.
  package convenience init(_ store: PictureStore, _ experiment: Experiment) {
    // A pipeline that is none is said by the plan.
    self.init(
      store,
      pipelines: [
        .train: experiment.phases.compactMap { try? Pipeline($0.trainTransforms) },
        .eval: experiment.phases.compactMap { try? Pipeline($0.evalTransforms) },
      ])
  }
}
