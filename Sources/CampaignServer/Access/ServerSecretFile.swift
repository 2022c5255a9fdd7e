#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Android)
  import Android
#endif

extension ServerSecret {
  /// The name of the file in the data folder.
  static let fileName = "jwt-secret"

  /// The secret that was given, or the one that is kept in a folder, or a new one that is kept there from now on.
  ///
  /// The file can be read by its owner only. Of several processes that start at once, all get the same secret.
  ///
  /// - Parameters:
  ///   - given: The secret that was given; an empty one counts as none.
  ///   - folder: The data folder, which exists.
  /// - Returns: The secret.
  /// - Throws: ``AccessError/Code/invalid`` when the secret is too short or others can read the file,
  ///   ``AccessError/Code/unavailable`` when the file cannot be read or written. The message names the file.
  public static func load(given: String?, folder: String) throws(AccessError) -> ServerSecret {
    if let secret = try kept(given: given, folder: folder) { return secret }
    let path = folder + "/" + fileName
    try write(newText(), to: path, in: folder)
    // Another process may have been faster; what is there counts.
    guard let secret = try kept(given: nil, folder: folder) else {
      throw failure("could not be read back", path, ENOENT)
    }
    return secret
  }

  /// The secret that was given, or the one that is kept in a folder; nothing is made.
  ///
  /// - Parameters:
  ///   - given: The secret that was given; an empty one counts as none.
  ///   - folder: The data folder.
  /// - Returns: The secret; nil where none was given and the folder has none.
  /// - Throws: As ``load(given:folder:)``.
  public static func kept(given: String?, folder: String) throws(AccessError) -> ServerSecret? {
    if let given, !given.isEmpty { return try ServerSecret(given) }
    let path = folder + "/" + fileName
    return try read(path).map { text throws(AccessError) in try ServerSecret(kept: text, path: path) }
  }

  private init(kept text: String, path: String) throws(AccessError) {
    guard text.utf8.count >= Self.minimumLength else {
      throw AccessError(
        .invalid, "\(path) holds no secret of at least \(Self.minimumLength) bytes; remove it to have a new one made")
    }
    try self.init(text)
  }

  /// The text of the file without white space behind it; nil when there is no file.
  private static func read(_ path: String) throws(AccessError) -> String? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else {
      if errno == ENOENT { return nil }
      throw failure("could not be opened", path, errno)
    }
    defer { _ = close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw failure("could not be looked at", path, errno) }
    guard status.st_mode & 0o077 == 0 else {
      throw AccessError(.invalid, "others can read the secret in \(path); run 'chmod 600' on it")
    }
    var bytes = [UInt8](repeating: 0, count: 4096)
    var count = 0
    while count < bytes.count {
      let length = bytes.withUnsafeMutableBytes { buffer in
        buffer.baseAddress.map { platformRead(descriptor, $0 + count, buffer.count - count) } ?? 0
      }
      if length < 0, errno == EINTR { continue }
      guard length >= 0 else { throw failure("could not be read", path, errno) }
      guard length > 0 else { break }
      count += length
    }
    var text = bytes[..<count]
    while let last = text.last, last <= 0x20 { text.removeLast() }
    return String(decoding: text, as: UTF8.self)
  }

  /// Writes the whole file under a name of its own first, and gives it its name only if there is none yet: a file by
  /// that name is never seen half written.
  private static func write(_ text: String, to path: String, in folder: String) throws(AccessError) {
    let draft = "\(path).\(getpid()).\(UInt64.random(in: 0 ... .max))"
    let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw failure("could not be made", draft, errno) }
    defer { _ = unlink(draft) }
    let bytes = Array((text + "\n").utf8)
    let isWritten = platformWrite(descriptor, bytes, bytes.count) == bytes.count && fsync(descriptor) == 0
    let reason = errno
    guard close(descriptor) == 0, isWritten else { throw failure("could not be written", draft, reason) }
    guard link(draft, path) == 0 || errno == EEXIST else { throw failure("could not be made", path, errno) }
    let directory = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard directory >= 0 else { throw failure("could not be opened", folder, errno) }
    defer { _ = close(directory) }
    guard fsync(directory) == 0 else { throw failure("could not be synchronized", folder, errno) }
  }

  private static func failure(_ what: String, _ path: String, _ number: Int32) -> AccessError {
    let reason = strerror(number).map { String(cString: $0) } ?? "error \(number)"
    return AccessError(.unavailable, "\(path) \(what): \(reason); give the server a folder that it can write to")
  }
}

/// `read` under a name that a member of that name does not hide.
private func platformRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawPointer, _ count: Int) -> Int {
  read(descriptor, buffer, count)
}

private func platformWrite(_ descriptor: Int32, _ bytes: [UInt8], _ count: Int) -> Int {
  write(descriptor, bytes, count)
}
