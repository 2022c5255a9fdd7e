#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Answers with the files of a folder.
///
/// ```swift ignore
/// router.get("/assets/*path", StaticFiles(folder: "/srv/assets").handler(parameter: "path"))
/// ```
///
/// Only regular files below the folder are served. Names that begin with a dot, and links, are as good as absent.
/// Answers have `ETag` and `Last-Modified`; conditional requests, and ranges of one part, are understood. Files are
/// read on the loop's thread, in pieces: put the folder on a disk that is near.
public struct StaticFiles: Sendable {
  /// The folder's path.
  public let folder: String
  /// The file that stands for a folder, `index.html` by default.
  public var index: String? = "index.html"
  /// What `Cache-Control` says; nothing leaves the field out.
  public var cacheControl: String? = "no-cache"

  /// Serves the files of a folder.
  ///
  /// - Parameter folder: The folder's path.
  public init(folder: String) { self.folder = folder }

  /// A handler for a route whose pattern ends with `*name`.
  ///
  /// - Parameter parameter: The name.
  /// - Returns: The handler.
  public func handler(parameter: String) -> Handler {
    var handler = Handler.inline { request in try response(to: request, path: request.parameters[parameter] ?? "") }
    handler.readsBody = false
    return handler
  }

  /// Answers with a file.
  ///
  /// - Parameters:
  ///   - request: The request, for its conditions and its range.
  ///   - path: The file's path in the folder, decoded.
  /// - Returns: The answer.
  /// - Throws: An ``HTTPError`` with 404 for what is not there or may not be served.
  public func response(to request: Request, path: String) throws(HTTPError) -> Response {
    guard let file = open(path) else { throw HTTPError(.notFound) }
    let entityTag = "\"\(String(file.size, radix: 16))-\(String(file.modifiedNanoseconds, radix: 16))\""
    var response = Response(contentType: MediaType.of(fileName: file.name))
    response.fields.add("ETag", entityTag)
    response.fields.add("Last-Modified", HTTPDate.text(seconds: file.modifiedSeconds))
    response.fields.add("Accept-Ranges", "bytes")
    if let cacheControl { response.fields.add("Cache-Control", cacheControl) }
    switch Precondition.check(request, entityTag: entityTag, modifiedSeconds: file.modifiedSeconds) {
    case .failed: throw HTTPError(.preconditionFailed)
    case .notModified:
      response.status = .notModified
      response.contentType = nil
      return response
    case .passed: break
    }
    let isCurrent = Precondition.rangeIsCurrent(request, entityTag: entityTag, modifiedSeconds: file.modifiedSeconds)
    let asked = isCurrent && request.method == .get ? request["Range"] : nil
    switch ByteRange(asked, length: file.size) {
    case .whole: response.body = file.stream(0..<file.size)
    case .part(let range):
      response.status = .partialContent
      response.fields.add("Content-Range", "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(file.size)")
      response.body = file.stream(range)
    case .unsatisfiable:
      response = HTTPError(.rangeNotSatisfiable).response
      response.fields.add("Content-Range", "bytes */\(file.size)")
    }
    return response
  }

  private func open(_ path: String) -> OpenFile? {
    var segments = path.split(separator: "/").map(String.init)
    let isSafe = segments.allSatisfy { !$0.hasPrefix(".") && !$0.utf8.contains(0) && !$0.utf8.contains(0x5C) }
    guard isSafe else { return nil }
    if let file = OpenFile(folder: folder, segments: segments) { return file }
    guard let index else { return nil }
    segments.append(index)
    return OpenFile(folder: folder, segments: segments)
  }
}

/// A regular file that is open for reading; closed with its last user.
final class OpenFile: Sendable {
  let name: String
  let size: Int
  let modifiedSeconds: Int
  let modifiedNanoseconds: Int
  private let descriptor: Int32

  /// Opens a file below a folder, segment by segment, so that no link on the way is followed.
  init?(folder: String, segments: [String]) {
    guard let name = segments.last else { return nil }
    var current = Self.openFolder(AT_FDCWD, folder, following: true)
    for segment in segments.dropLast() where current >= 0 {
      let next = Self.openFolder(current, segment, following: false)
      close(current)
      current = next
    }
    guard current >= 0 else { return nil }
    let opened = openat(current, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
    close(current)
    guard opened >= 0 else { return nil }
    var status = stat()
    guard fstat(opened, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(opened)
      return nil
    }
    descriptor = opened
    self.name = name
    size = Int(status.st_size)
    #if canImport(Darwin)
      let modified = status.st_mtimespec
    #else
      let modified = status.st_mtim
    #endif
    modifiedSeconds = Int(modified.tv_sec)
    modifiedNanoseconds = Int(modified.tv_sec) &* 1_000_000_000 &+ Int(modified.tv_nsec)
  }

  private static func openFolder(_ parent: Int32, _ path: String, following: Bool) -> Int32 {
    openat(parent, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | (following ? 0 : O_NOFOLLOW))
  }

  deinit { close(descriptor) }

  /// The bytes of a range as the body of an answer.
  func stream(_ range: Range<Int>) -> Response.Body {
    if range.count <= 16 << 10, let bytes = read(range), bytes.count == range.count { return .bytes(bytes) }
    return .stream(length: range.count) { writer in
      var place = range.lowerBound
      while place < range.upperBound {
        guard let piece = self.read(place..<min(range.upperBound, place + (64 << 10))), !piece.isEmpty else {
          throw HTTPError(.internalServerError, "A file has become shorter while it was sent.")
        }
        place += piece.count
        try await writer.write(piece)
      }
    }
  }

  /// Reads a range; less at the end of the file.
  private func read(_ range: Range<Int>) -> [UInt8]? {
    var count = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: range.count) { buffer, initialized in
      count = pread(descriptor, buffer.baseAddress, range.count, off_t(range.lowerBound))
      initialized = max(0, count)
    }
    return count < 0 ? nil : bytes
  }
}
