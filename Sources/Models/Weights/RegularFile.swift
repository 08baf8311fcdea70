import Glibc
import Tensors

/// Opens files of weights.
enum RegularFile {
  /// A descriptor that the caller closes, and the file's length; what is no regular file is refused.
  static func open(_ path: String) throws(WeightsError) -> (descriptor: Int32, length: Int) {
    // A pipe that nobody writes to must not be waited for.
    let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw .file(FileError(.open, path: path, code: errno)) }
    do throws(WeightsError) {
      var status = stat()
      guard fstat(descriptor, &status) == 0 else {
        throw .file(FileError(.read, path: path, code: errno))
      }
      guard status.st_mode & S_IFMT == S_IFREG else {
        let code = status.st_mode & S_IFMT == S_IFDIR ? EISDIR : EINVAL
        throw .file(FileError(.read, path: path, code: code))
      }
      return (descriptor, Int(status.st_size))
    } catch {
      close(descriptor)
      throw error
    }
  }
}
