import Diagnostics

/// What is wrong in a file of `torch.save`, or what xrun does not read of it.
package enum TorchProblem: Sendable, Hashable {
  // The container.
  case neither
  case oldTar
  case noDirectory
  case badDirectory
  case compressed(member: String)
  case encrypted(member: String)
  case noMember(String)
  case severalArchives
  case badChecksum(member: String)
  case bigEndian
  case wrongMagic
  case wrongProtocol(Int)
  case cutWhileReading(String)
  // The pickle.
  case endsEarly
  case opcode(UInt8)
  case refused(global: String)
  case badArguments(of: String)
  case stack
  case memo(Int)
  case tooManyObjects
  case persistentID
  case viewedStorage
  // Tensors.
  case unknownStorage(key: String)
  case storageLength(key: String, bytes: Int, expected: Int)
  case storageTwice(key: String)
  case element(String)
  case badShape
  case beyondStorage
  case expanded
  // What was saved.
  case noStateDict(found: String)
  case severalStateDicts([String])
  case tensorTwice(String)
}

// MARK: Wording

extension TorchProblem: CustomStringConvertible {
  package var description: String {
    switch self {
    case .neither: "the file is neither a zip archive nor a pickle, so torch.save did not write it"
    case .oldTar: "the file is a tar archive, as torch wrote them before 0.1.12"
    case .noDirectory: "the zip archive has no end, so the file was cut or not copied whole"
    case .badDirectory: "the directory of the zip archive is damaged"
    case .compressed(let member): "'\(member)' is compressed, which torch.save never does"
    case .encrypted(let member): "'\(member)' is encrypted"
    case .noMember(let name): "the archive has no '\(name)'"
    case .severalArchives: "the archive holds several 'data.pkl'"
    case .badChecksum(let member): "the checksum of '\(member)' is wrong"
    case .bigEndian: "the file was written on a big-endian machine"
    case .wrongMagic: "torch's magic number is not there"
    case .wrongProtocol(let number): "the format has version \(number), and 1001 is the one known"
    case .cutWhileReading(let what): "the file ends within \(what)"
    case .endsEarly: "the pickle ends too early"
    case .opcode(let byte):
      "the pickle has the opcode 0x\(String(byte, radix: 16)), which state dicts do not need"
    case .refused(let global):
      "the pickle wants to call '\(global)', and only tensors and plain containers are built"
    case .badArguments(let name): "'\(name)' has arguments that it cannot have"
    case .stack: "the pickle takes what it has not put there"
    case .memo(let index): "the pickle asks for object \(index), which is not there"
    case .tooManyObjects: "the pickle builds more than \(PickleReader.limit) objects"
    case .persistentID: "the pickle names something outside it that is no storage"
    case .viewedStorage: "a storage is a view of another, as very old files have them"
    case .unknownStorage(let key): "the storage '\(key)' is not in the file"
    case .storageLength(let key, let bytes, let expected):
      "the storage '\(key)' has \(bytes) bytes, but should have \(expected)"
    case .storageTwice(let key): "the storage '\(key)' is described in two ways"
    case .element(let name): "elements of '\(name)' cannot be read"
    case .badShape: "a tensor's shape or strides are no lengths that fit"
    case .beyondStorage: "a tensor reaches beyond its storage"
    case .expanded: "a tensor is expanded to more elements than the file has bytes"
    case .noStateDict(let found): "there is no state dict in it: \(found)"
    case .severalStateDicts(let names):
      "several state dicts are in it, and which one is meant is unclear: \(Suggestion.list(names))"
    case .tensorTwice(let name): "the name '\(name)' stands twice"
    }
  }

  /// What to do, in one line.
  var help: String {
    switch self {
    case .neither, .oldTar, .compressed, .encrypted, .bigEndian, .viewedStorage, .element,
      .expanded, .wrongProtocol, .severalStateDicts:
      "load it in PyTorch, and save the state dict again: torch.save(model.state_dict(), path)"
    case .refused, .opcode, .noStateDict:
      "nothing was executed; in PyTorch, save the state dict alone: torch.save(model.state_dict(), path)"
    default: "copy or download the file again"
    }
  }
}
