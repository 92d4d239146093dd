private import Foundation

/// Which version of a file lies at a path: to notice that it changed while it was read.
struct FileStamp: Equatable {
  private let device: UInt
  private let number: UInt
  private let size: Int
  private let modified: [Int]

  /// Nil where there is no file.
  init?(path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    device = UInt(status.st_dev)
    number = UInt(status.st_ino)
    size = Int(status.st_size)
    modified = [status.st_mtim.tv_sec, status.st_mtim.tv_nsec]
  }

  /// Nil, or what happened to the file at `path` since this was taken.
  static func fault(at path: String, since before: FileStamp?) -> String? {
    let now = FileStamp(path: path)
    if now == before { return nil }
    return now == nil
      ? "the file vanished while it was read" : "the file changed while it was read"
  }
}
