#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Android)
  import Android
#endif

/// The files of this machine.
///
/// Data is made durable with `fdatasync`, on Apple systems with `F_FULLFSYNC`; room is reserved with
/// `posix_fallocate` or `F_PREALLOCATE`; locks are `flock` locks, which vanish with the process.
public struct DiskFileSystem: FileSystem {
  /// Creates a view of this machine's files.
  public init() {}

  /// Creates one directory with `mkdir`, readable by everybody and writable by its owner, as far as the umask allows.
  public func createDirectory(_ path: String) throws(LogError) {
    guard mkdir(path, 0o755) != 0 else { return }
    let number = errno
    var status = stat()
    if number == EEXIST, stat(path, &status) == 0, (status.st_mode & S_IFMT) == S_IFDIR { return }
    throw .system(number, "The folder could not be created.", file: path)
  }

  /// Names everything in a directory.
  public func list(_ path: String) throws(LogError) -> [String] {
    guard let directory = opendir(path) else {
      throw .system(errno, "The folder could not be read.", file: path)
    }
    defer { closedir(directory) }
    var names: [String] = []
    while true {
      errno = 0
      guard let entry = readdir(directory) else { break }
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != "." && name != ".." { names.append(name) }
    }
    if errno != 0 { throw .system(errno, "The folder could not be read.", file: path) }
    return names
  }

  /// Opens a file that child processes do not inherit.
  public func open(_ path: String, _ mode: OpenMode) throws(LogError) -> any OpenFile {
    let flags: Int32 =
      switch mode {
      case .read: O_RDONLY
      case .readWrite: O_RDWR
      case .create: O_RDWR | O_CREAT
      case .createNew: O_RDWR | O_CREAT | O_EXCL
      }
    let descriptor = openRetrying(path, flags | O_CLOEXEC)
    guard descriptor >= 0 else { throw .system(errno, "The file could not be opened.", file: path) }
    return DiskFile(descriptor: descriptor, path: path)
  }

  /// Gives a file another name on the same device.
  public func rename(_ path: String, to newPath: String) throws(LogError) {
    #if canImport(Darwin)
      let result = Darwin.rename(path, newPath)
    #elseif canImport(Glibc)
      let result = Glibc.rename(path, newPath)
    #elseif canImport(Musl)
      let result = Musl.rename(path, newPath)
    #elseif canImport(Android)
      let result = Android.rename(path, newPath)
    #endif
    guard result == 0 else { throw .system(errno, "The file could not be renamed.", file: path) }
  }

  /// Removes a file; its room is free once nobody has it open.
  public func remove(_ path: String) throws(LogError) {
    guard unlink(path) == 0 else { throw .system(errno, "The file could not be removed.", file: path) }
  }

  /// Makes the names in a directory durable with `fsync`, for which it must be readable.
  public func synchronizeDirectory(_ path: String, _ point: SyncPoint) throws(LogError) {
    let descriptor = openRetrying(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .system(errno, "The folder could not be opened.", file: path) }
    let directory = DiskFile(descriptor: descriptor, path: path)
    try directory.synchronizeNames()
    try directory.close()
  }

  private func openRetrying(_ path: String, _ flags: Int32) -> Int32 {
    while true {
      #if canImport(Darwin)
        let descriptor = Darwin.open(path, flags, 0o644)
      #elseif canImport(Glibc)
        let descriptor = Glibc.open(path, flags, 0o644)
      #elseif canImport(Musl)
        let descriptor = Musl.open(path, flags, 0o644)
      #elseif canImport(Android)
        let descriptor = Android.open(path, flags, 0o644)
      #endif
      if descriptor >= 0 || errno != EINTR { return descriptor }
    }
  }
}

extension LogError {
  /// Describes a failed system call.
  ///
  /// For implementations of ``FileSystem``. The numbers for a full device and an exceeded quota give
  /// ``Code/full``, all others ``Code/failed``.
  ///
  /// - Parameters:
  ///   - number: The operating system's error number.
  ///   - message: What could not be done, as a sentence.
  ///   - file: The file it could not be done to.
  /// - Returns: An error that says so, with the system's own words and advice where there is any.
  public static func system(_ number: Int32, _ message: String, file: String) -> LogError {
    let isFull = number == ENOSPC || number == EDQUOT
    let reason = strerror(number).map { String(cString: $0) } ?? "error"
    let advice =
      switch number {
      case ENOSPC, EDQUOT: " Free some room and try again."
      case EACCES, EPERM, EROFS: " Give the process the right to read and write there."
      case ENOENT: " Create what is missing first, or correct the path."
      default: ""
      }
    return LogError(
      isFull ? .full : .failed, "\(message) \(reason) (error \(number)).\(advice)", file: file, systemError: number)
  }
}
