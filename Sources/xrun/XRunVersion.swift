import CShims

/// What `xrun --version` says and runs record.
enum XRunVersion {
  static let text = "0.1.0"
  /// The commit that the program was built from, with `-dirty` where files were changed; nil where it is not known.
  static var commit: String? {
    let commit = String(cString: xr_commit())
    return commit.isEmpty ? nil : commit
  }
}
