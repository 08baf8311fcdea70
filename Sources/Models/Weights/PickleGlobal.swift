/// A Python name that pickles of state dicts may use; there are no others.
enum PickleGlobal: Hashable, CustomStringConvertible {
  case orderedDict
  case counter
  case set
  case size
  case device
  /// `_rebuild_tensor`, `_rebuild_tensor_v2`, `_rebuild_tensor_v3`.
  case tensor(version: Int)
  case parameter
  case storageType(TorchElement)
  case element(TorchElement)

  /// Nil for every name that is not in the list.
  init?(module: String, name: String) {
    switch (module, name) {
    case ("collections", "OrderedDict"): self = .orderedDict
    case ("collections", "Counter"): self = .counter
    case ("builtins", "set"), ("__builtin__", "set"): self = .set
    case ("torch", "Size"): self = .size
    case ("torch", "device"): self = .device
    case ("torch._utils", "_rebuild_tensor"): self = .tensor(version: 1)
    case ("torch._utils", "_rebuild_tensor_v2"): self = .tensor(version: 2)
    case ("torch._utils", "_rebuild_tensor_v3"): self = .tensor(version: 3)
    case ("torch._utils", "_rebuild_parameter"), ("torch._utils", "_rebuild_parameter_with_state"):
      self = .parameter
    case ("torch.storage", "UntypedStorage"): self = .storageType(.known(.uint8))
    case ("torch", _):
      if let element = Self.storageTypes[name] {
        self = .storageType(element)
      } else if let element = Self.elements[name] {
        self = .element(element)
      } else {
        return nil
      }
    default: return nil
    }
  }

  private static let storageTypes: [String: TorchElement] = [
    "FloatStorage": .known(.float32), "DoubleStorage": .known(.float64),
    "HalfStorage": .known(.float16), "BFloat16Storage": .known(.bfloat16),
    "LongStorage": .known(.int64), "IntStorage": .known(.int32), "ShortStorage": .known(.int16),
    "CharStorage": .known(.int8), "ByteStorage": .known(.uint8), "BoolStorage": .known(.boolean),
    "ComplexFloatStorage": .unknown("ComplexFloatStorage", width: 8),
    "ComplexDoubleStorage": .unknown("ComplexDoubleStorage", width: 16),
    "QInt8Storage": .unknown("QInt8Storage", width: 1),
    "QUInt8Storage": .unknown("QUInt8Storage", width: 1),
    "QInt32Storage": .unknown("QInt32Storage", width: 4),
  ]

  private static let elements: [String: TorchElement] = [
    "float32": .known(.float32), "float64": .known(.float64), "float16": .known(.float16),
    "bfloat16": .known(.bfloat16), "int64": .known(.int64), "int32": .known(.int32),
    "int16": .known(.int16), "int8": .known(.int8), "uint8": .known(.uint8),
    "bool": .known(.boolean), "uint16": .known(.uint16), "uint32": .known(.uint32),
    "uint64": .known(.uint64), "float8_e5m2": .known(.float8e5m2),
    "float8_e4m3fn": .known(.float8e4m3), "complex64": .unknown("complex64", width: 8),
    "complex128": .unknown("complex128", width: 16),
  ]

  var description: String {
    switch self {
    case .orderedDict: "collections.OrderedDict"
    case .counter: "collections.Counter"
    case .set: "set"
    case .size: "torch.Size"
    case .device: "torch.device"
    case .tensor(let version): "torch._utils._rebuild_tensor" + (version > 1 ? "_v\(version)" : "")
    case .parameter: "torch._utils._rebuild_parameter"
    case .storageType(let element): "the storage type of \(element)"
    case .element(let element): "the type \(element)"
    }
  }
}
