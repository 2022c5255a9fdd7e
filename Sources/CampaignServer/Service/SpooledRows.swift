import CampaignKit
import Foundation
import JSON
import Locks
import WebServer

/// The rows of an upload that made no lead, kept in a file until they are told, so that memory does not grow with them.
///
/// The file has no name: it is gone when nobody has it any more.
final class SpooledRows: RefusedRowSink {
  private let file: FileHandle
  private let count = Locked(0)
  private let value: @Sendable (RefusedRow, [String]) -> JSONValue

  /// Makes a file beside that of an upload.
  ///
  /// - Parameters:
  ///   - upload: The upload.
  ///   - value: Tells a row, with the names of the columns, as the dialect does.
  /// - Throws: A ``Refusal`` where there can be no such file.
  init(in upload: Upload, _ value: @escaping @Sendable (RefusedRow, [String]) -> JSONValue) throws(Refusal) {
    let path = (upload.path ?? NSTemporaryDirectory() + "upload-\(UUID().uuidString)") + ".refused"
    guard FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600]),
      let file = FileHandle(forUpdatingAtPath: path)
    else { throw Refusal(.unavailable, "the folder for uploads cannot be written to") }
    try? FileManager.default.removeItem(atPath: path)
    self.file = file
    self.value = value
  }

  func take(_ rows: [RefusedRow], header: [String]) async throws {
    var text: [UInt8] = []
    let before = count.withLock { count in
      defer { count += rows.count }
      return count
    }
    for (index, row) in rows.enumerated() {
      if before + index > 0 { text.append(UInt8(ascii: ",")) }
      text += value(row, header).serializedBytes()
    }
    try file.write(contentsOf: text)
  }

  /// An answer with some members, and the rows as the last one, `errors`.
  ///
  /// - Parameters:
  ///   - members: The members before it.
  ///   - name: The member of the answer that has all these, where they are not the answer itself.
  /// - Returns: The answer, which reads the rows as it is sent.
  func response(with members: JSONObject, inside name: String? = nil) -> Response {
    let object = JSONValue.object(members).serialized().dropLast() + ",\"errors\":["
    let head = name.map { "{\"success\":true,\"\($0)\":\(object)" } ?? String(object)
    let tail = name == nil ? "]}" : "]}}"
    return Response(
      contentType: "application/json",
      body: .stream(length: nil) { writer in
        try await writer.write(head)
        try self.file.seek(toOffset: 0)
        while let piece = try self.file.read(upToCount: 64 << 10), !piece.isEmpty {
          try await writer.write(Array(piece))
        }
        try await writer.write(tail)
      })
  }
}
