import Declarations
import Petals
import Transforms

/// The keys of `data`.
enum DataSection {
  static let folder = Parameter<String?>(
    "folder", default: .some(nil),
    doc: "the folder with a folder per split, relative to the experiment's file",
    example: "../data/flowers102")
  static let builtin = Parameter<String?>(
    "builtin", .optional(.choice(PetalSet.all.map(\.name))), default: .some(nil),
    doc: "an embedded set of pictures in place of a folder", example: "petals")
  static let splits = Parameter<ComponentValue>(
    section: SplitsSection.declaration, doc: "what the splits' folders are called",
    example: "{val: {fraction: 0.1}}")
  static let classNames = Parameter<String?>(
    "class_names", default: .some(nil),
    doc: "a JSON file from folder to class name, relative to the data's folder",
    example: "cat_to_name.json")
  static let classes = Parameter<[String]?>(
    "classes", .optional(.list(.string, count: 1...Int.max)), default: .some(nil),
    doc: "a subset or order of the classes, by name", example: "[daisy, rose, tulip]")
  static let decode = Parameter<Decoding>(
    "decode", default: .exact,
    doc:
      "'exact' for every pixel as PIL has it; 'fast' decodes JPEG files at 1/2, 1/4 or 1/8 where the first transform is a 'Resize' to no more than that",
    example: "fast")
  static let workers = Parameter<Int?>(
    "workers", .optional(.integer(1...256)), default: .some(nil), unit: .threads,
    doc: "loader threads; null for one for each processor that may be used", example: "4")

  static let declaration = Declaration(
    section: "data", [folder, builtin, splits, classNames, classes, decode, workers],
    doc: "the pictures and what their classes are called")
}

/// The keys of `data.splits`.
enum SplitsSection {
  static let train = Parameter<String>(
    "train", default: "train", doc: "the folder of the training pictures", example: "training")
  static let val = Parameter<DeclaredValue>(
    "val", .either([.string, .section(FractionSection.declaration)]), default: .string("val"),
    doc: "the folder of the validation pictures, or a fraction of the training ones",
    example: "{fraction: 0.1}")
  static let test = Parameter<String?>(
    "test", default: "test", doc: "the folder of the test pictures, used where it exists",
    example: "null")

  static let declaration = Declaration(
    section: "splits", [train, val, test], doc: "what the splits' folders are called")
}

/// The keys of `data.splits.val` where no folder is set aside.
enum FractionSection {
  static let fraction = Parameter<Double>(
    "fraction", in: NumberRange(0, 1, excludesLower: true, excludesUpper: true), unit: .fraction,
    doc: "the part of each class's training pictures that validates", example: "0.1")

  static let declaration = Declaration(
    section: "val", [fraction], doc: "validation pictures taken from the training ones")
}
