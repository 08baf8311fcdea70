/// A part of the manual: a folder of reference pages, and what its entries are called.
package enum Chapter: String, Sendable, Hashable, CaseIterable {
  case transforms, optimizers, schedulers, losses, backbones, keys, codes

  /// What the index says above its entries.
  package var title: String {
    switch self {
    case .transforms: "Transforms"
    case .optimizers: "Optimizers"
    case .schedulers: "Schedulers"
    case .losses: "Losses"
    case .backbones: "Backbones"
    case .keys: "Keys of an experiment"
    case .codes: "Codes of errors and warnings"
    }
  }

  /// What one entry is.
  package var singular: String {
    switch self {
    case .transforms: "transform"
    case .optimizers: "optimizer"
    case .schedulers: "scheduler"
    case .losses: "loss"
    case .backbones: "backbone"
    case .keys: "key"
    case .codes: "code"
    }
  }

  /// The chapter that holds a family's components.
  package static func of(family name: String) -> Chapter? { allCases.first { $0.singular == name } }
}
