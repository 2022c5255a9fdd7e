#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Android)
  import Android
#endif

/// The error numbers that the file systems for tests give.
enum SystemError {
  static let noEntry = ENOENT
  static let exists = EEXIST
  static let noRoom = ENOSPC
  static let inputOutput = EIO
  static let notDirectory = ENOTDIR
}
