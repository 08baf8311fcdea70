import Transforms

/// The packs of one program with an index over all their pictures.
final class PackSet: Sendable {
  struct Place: Sendable {
    var pack: Int
    var entry: Int
  }

  let program: PrefixProgram
  let packs: [PicturePack]
  let problems: [PackError]
  private let places: [ContentDigest: Place]

  init(_ store: PictureStore, _ program: PrefixProgram) {
    self.program = program
    (packs, problems) = store.packs(of: program)
    var places: [ContentDigest: Place] = [:]
    places.reserveCapacity(packs.reduce(0) { $0 + $1.entries.count })
    for (pack, file) in packs.enumerated() {
      for (entry, picture) in file.entries.enumerated() where places[picture.digest] == nil {
        places[picture.digest] = Place(pack: pack, entry: entry)
      }
    }
    self.places = places
  }

  subscript(digest: ContentDigest) -> Place? { places[digest] }
}
