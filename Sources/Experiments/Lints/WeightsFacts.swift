import Declarations
import Models

/// What a weight file says of itself, as far as lints need it.
package struct WeightsFacts: Sendable {
  /// In the order of the logits; nil where the file does not say.
  package let classes: [String]?
  /// Nil where the file does not say.
  package let normalization: Normalization?

  package init(classes: [String]?, normalization: Normalization?) {
    self.classes = classes
    self.normalization = normalization
  }

  /// Reads the header alone. Nil for what is no file, or none that can be read: others report that.
  init?(of model: ModelSettings) {
    let path: String
    switch model.weights {
    case .none, .named: return nil
    case .builtin:
      guard let builtin = try? BuiltinWeights.path() else { return nil }
      path = builtin
    case .file(let file): path = file
    case .run(let folder, let checkpoint): path = "\(folder)/\(checkpoint.rawValue).safetensors"
    }
    guard let file = try? WeightsFormat.open(path),
      let metadata = try? WeightsMetadata(file)
    else { return nil }
    classes = metadata.classes
    normalization = metadata.transforms.flatMap(Self.normalization)
  }

  /// From the evaluation transforms that our files carry as JSON.
  private static func normalization(_ transforms: String) -> Normalization? {
    guard case .array(let steps)? = try? JSON(Array(transforms.utf8)) else { return nil }
    for step in steps {
      guard case .object(let members) = step,
        let normalize = members.first(where: { $0.name == "Normalize" })?.value,
        case .object(let arguments) = normalize
      else { continue }
      func numbers(_ name: String) -> [Double]? {
        guard case .array(let values)? = arguments.first(where: { $0.name == name })?.value
        else { return nil }
        return values.compactMap(\.double)
      }
      guard let mean = numbers("mean"), let std = numbers("std") else { return nil }
      return Normalization(mean: mean, std: std)
    }
    return nil
  }
}
