import Locks

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Android)
  import Android
#endif

/// A file of this machine.
final class DiskFile: OpenFile {
  /// The descriptor, or -1 once closed. The lock only guards the number: it is not held during calls, so a file
  /// must not be closed while another thread uses it.
  private let state: Locked<Int32>
  private let path: String

  init(descriptor: Int32, path: String) {
    self.state = Locked(descriptor)
    self.path = path
  }

  deinit {
    let descriptor = state.withLock { $0 }
    if descriptor >= 0 { _ = closeDescriptor(descriptor) }
  }

  private func descriptor() throws(LogError) -> Int32 {
    let descriptor = state.withLock { $0 }
    guard descriptor >= 0 else { throw LogError(.closed, "The file was closed before.", file: path) }
    return descriptor
  }

  func size() throws(LogError) -> UInt64 {
    var status = stat()
    guard fstat(try descriptor(), &status) == 0 else {
      throw .system(errno, "The file's size could not be read.", file: path)
    }
    return UInt64(clamping: status.st_size)
  }

  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(LogError) -> Int {
    let descriptor = try descriptor()
    var done = 0
    while done < buffer.count {
      let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
      let count = pread(descriptor, rest.baseAddress, rest.count, off_t(clamping: offset + UInt64(done)))
      if count < 0 {
        if errno == EINTR { continue }
        throw .system(errno, "The file could not be read.", file: path)
      }
      if count == 0 { break }
      done += count
    }
    return done
  }

  func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws(LogError) {
    let descriptor = try descriptor()
    var done = 0
    while done < bytes.count {
      let rest = UnsafeRawBufferPointer(rebasing: bytes[done...])
      let count = pwrite(descriptor, rest.baseAddress, rest.count, off_t(clamping: offset + UInt64(done)))
      if count < 0 {
        if errno == EINTR { continue }
        throw .system(errno, "The file could not be written.", file: path)
      }
      // A system that takes nothing and reports no reason would keep us here for ever.
      if count == 0 { throw .system(EIO, "The file could not be written.", file: path) }
      done += count
    }
  }

  func preallocate(_ size: UInt64) throws(LogError) {
    let descriptor = try descriptor()
    let old = try self.size()
    guard size > old else { return }
    #if canImport(Darwin)
      var request = fstore_t(
        fst_flags: UInt32(F_ALLOCATEALL), fst_posmode: F_PEOFPOSMODE, fst_offset: 0,
        fst_length: off_t(clamping: size - old), fst_bytesalloc: 0)
      if fcntl(descriptor, F_PREALLOCATE, &request) != 0, errno != ENOTSUP, errno != EINVAL {
        throw .system(errno, "Room for the file could not be reserved.", file: path)
      }
      try truncate(to: size)
    #else
      // The C library falls back to touching every block where the file system cannot reserve room.
      var number = posix_fallocate(descriptor, off_t(clamping: old), off_t(clamping: size - old))
      while number == EINTR {
        number = posix_fallocate(descriptor, off_t(clamping: old), off_t(clamping: size - old))
      }
      if number == EOPNOTSUPP || number == EINVAL {
        try truncate(to: size)  // No room is reserved, so a later write may find the device full.
      } else if number != 0 {
        throw .system(number, "Room for the file could not be reserved.", file: path)
      }
    #endif
  }

  func truncate(to size: UInt64) throws(LogError) {
    let descriptor = try descriptor()
    while ftruncate(descriptor, off_t(clamping: size)) != 0 {
      if errno != EINTR { throw .system(errno, "The file could not be cut.", file: path) }
    }
  }

  func synchronizeData(_ point: SyncPoint) throws(LogError) {
    let descriptor = try descriptor()
    #if canImport(Darwin)
      // `fsync` leaves the bytes in the device's own cache there. Some file systems know only that.
      if fcntl(descriptor, F_FULLFSYNC) == 0 { return }
      let result = errno == ENOTSUP || errno == EINVAL ? fsync(descriptor) : -1
    #else
      let result = fdatasync(descriptor)
    #endif
    // Never tried again, whatever the reason: the system may have dropped the pages it could not write, and
    // the second call would succeed without them.
    if result != 0 { throw .system(errno, "The file could not be made durable (\(point)).", file: path) }
  }

  func synchronizeNames() throws(LogError) {
    if fsync(try descriptor()) != 0 {
      throw .system(errno, "The folder could not be made durable.", file: path)
    }
  }

  func isStill(at path: String) throws(LogError) -> Bool {
    var own = stat()
    var found = stat()
    guard fstat(try descriptor(), &own) == 0 else {
      throw .system(errno, "The file could not be looked at.", file: self.path)
    }
    guard stat(path, &found) == 0 else {
      if errno == ENOENT || errno == ENOTDIR { return false }
      throw .system(errno, "The file could not be looked for.", file: path)
    }
    return own.st_dev == found.st_dev && own.st_ino == found.st_ino
  }

  func lock() throws(LogError) {
    let descriptor = try descriptor()
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      switch errno {
      case EINTR: continue
      case EWOULDBLOCK: throw LogError(.locked, "The file is locked by another opener.", file: path)
      default: throw .system(errno, "The file could not be locked.", file: path)
      }
    }
  }

  func close() throws(LogError) {
    let descriptor = state.withLock { state in
      defer { state = -1 }
      return state
    }
    guard descriptor >= 0 else { return }
    // An interrupted close has closed the descriptor all the same.
    if closeDescriptor(descriptor) != 0, errno != EINTR {
      throw .system(errno, "The file could not be closed.", file: path)
    }
  }
}

private func closeDescriptor(_ descriptor: Int32) -> Int32 {
  #if canImport(Darwin)
    Darwin.close(descriptor)
  #elseif canImport(Glibc)
    Glibc.close(descriptor)
  #elseif canImport(Musl)
    Musl.close(descriptor)
  #elseif canImport(Android)
    Android.close(descriptor)
  #endif
}

/// The number of this process, for messages.
func currentProcess() -> Int32 {
  getpid()
}
