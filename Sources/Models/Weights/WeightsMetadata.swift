/// What our weight files say of themselves, so that they can be used without the run that made them.
package struct WeightsMetadata: Sendable, Hashable {
  package enum Key {
    package static let backbone = "xrun.backbone"
    /// A JSON list of names, in the order of the logits.
    package static let classes = "xrun.classes"
    /// A JSON object from class to its name for people.
    package static let classNames = "xrun.class_names"
    /// The evaluation transforms as JSON.
    package static let transforms = "xrun.transforms"
    package static let metric = "xrun.metric"
    package static let epoch = "xrun.epoch"
    /// `pt`: what other readers of weights ask for.
    package static let format = "format"
  }

  package var backbone: String?
  package var classes: [String]?
  package var classNames: [String: String]?
  package var transforms: String?
  package var metric: String?
  package var epoch: Int?

  package init(
    backbone: String? = nil, classes: [String]? = nil, classNames: [String: String]? = nil,
    transforms: String? = nil, metric: String? = nil, epoch: Int? = nil
  ) {
    self.backbone = backbone
    self.classes = classes
    self.classNames = classNames
    self.transforms = transforms
    self.metric = metric
    self.epoch = epoch
  }

  /// Reads the metadata of a file; keys that are not ours are left alone.
  package init(_ file: some WeightsFile) throws(WeightsError) {
    backbone = file.metadata[Key.backbone]
    transforms = file.metadata[Key.transforms]
    metric = file.metadata[Key.metric]
    if let text = file.metadata[Key.classes] {
      guard case .array(let elements)? = try? JSON(Array(text.utf8)) else {
        throw .badMetadata(path: file.path, key: Key.classes)
      }
      let names = elements.compactMap(\.text)
      guard names.count == elements.count else {
        throw .badMetadata(path: file.path, key: Key.classes)
      }
      classes = names
    }
    if let text = file.metadata[Key.classNames] {
      guard case .object(let members)? = try? JSON(Array(text.utf8)) else {
        throw .badMetadata(path: file.path, key: Key.classNames)
      }
      var names: [String: String] = [:]
      for member in members { names[member.name] = member.value.text }
      classNames = names
    }
    if let text = file.metadata[Key.epoch] {
      guard let number = Int(text) else {
        throw .badMetadata(path: file.path, key: Key.epoch)
      }
      epoch = number
    }
  }

  /// As a file stores it.
  package var dictionary: [String: String] {
    var result = [Key.format: "pt"]
    result[Key.backbone] = backbone
    result[Key.classes] = classes.map {
      "[" + $0.map(JSON.quoted).joined(separator: ",") + "]"
    }
    result[Key.classNames] = classNames.map { names in
      "{"
        + names.sorted { $0.key < $1.key }.map { "\(JSON.quoted($0.key)):\(JSON.quoted($0.value))" }
        .joined(separator: ",") + "}"
    }
    result[Key.transforms] = transforms
    result[Key.metric] = metric
    result[Key.epoch] = epoch.map(String.init)
    return result
  }
}
