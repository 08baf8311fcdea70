/// What `xrun --version` says and runs record.
enum XRunVersion {
  static let text = "0.1.0"
}
