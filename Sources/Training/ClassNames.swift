import Glibc
import Images
import Models

/// The file that says what classes are called: a JSON object from folder name to name.
package enum ClassNames {
  package enum Failure: Error, CustomStringConvertible {
    case file(PictureError)
    case notJSON(String, offset: Int)
    case notNames

    package var description: String {
      switch self {
      case .file(let error): "\(error)"
      case .notJSON(let reason, let offset): "is not JSON at byte \(offset): \(reason)"
      case .notNames: "is not an object whose values are names"
      }
    }
  }

  package static func read(_ path: String) throws(Failure) -> [String: String] {
    var file = FileBytes()
    do { try file.read(path) } catch { throw .file(error) }
    let json: JSON
    do { json = try JSON(Array(file.bytes)) } catch {
      throw .notJSON(error.mistake.rawValue, offset: error.offset)
    }
    guard case .object(let members) = json else { throw .notNames }
    var names: [String: String] = [:]
    for member in members {
      guard let name = member.value.text else { throw .notNames }
      names[member.name] = name
    }
    return names
  }
}
