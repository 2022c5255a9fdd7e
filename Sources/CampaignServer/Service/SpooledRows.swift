import CampaignKit
import Foundation
import JSON
import Locks
import WebServer

/// The rows of an upload that made no lead, kept in a file until they are told, so that memory does not grow with them.
///
/// The file has no name: it is gone when nobody has it any more.
final class SpooledRows: RefusedRowSink {
  private struct State {
    /// The bytes in the file.
    var written = 0
    /// Rows that are told.
    var count = 0
    /// Rows that are not, because there is no room, and the first of them.
    var untold = 0
    var firstUntold: Int?
  }

  private static let pieceBytes = 64 << 10
  private static let keyLength = 200

  private let file: FileHandle
  private let mostBytes: Int
  private let share: SpoolBudget.Share?
  private let state = Locked(State())
  private let value: @Sendable (RefusedRow, [String]) -> JSONValue

  /// Makes a file beside that of an upload.
  ///
  /// - Parameters:
  ///   - upload: The upload.
  ///   - mostBytes: The bytes that rows may take; how many others there were is told.
  ///   - value: Tells a row, with the names of the columns, as the dialect does.
  /// - Throws: A ``Refusal`` where there can be no such file.
  init(
    in upload: Upload, upTo mostBytes: Int, _ value: @escaping @Sendable (RefusedRow, [String]) -> JSONValue
  ) throws(Refusal) {
    let path = (upload.path ?? NSTemporaryDirectory() + "upload-\(UUID().uuidString)") + ".refused"
    guard FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600]),
      let file = FileHandle(forUpdatingAtPath: path)
    else { throw Refusal(.unavailable, "the folder for uploads cannot be written to") }
    try? FileManager.default.removeItem(atPath: path)
    self.file = file
    self.mostBytes = mostBytes
    share = upload.share?.another()
    self.value = value
  }

  func take(_ rows: [RefusedRow], header: [String]) async throws {
    // Each row may repeat the names of the columns, so that a long one would be there thousands of times.
    let header = header.map { String($0.unicodeScalars.prefix(Self.keyLength)) }
    // Nobody else writes: rows are given one batch after the other.
    var state = state.withLock { $0 }
    var text: [UInt8] = []
    for row in rows {
      // Rows that are told are the first ones, without a gap.
      let bytes = state.untold > 0 ? [] : value(row, header).serializedBytes()
      guard state.untold == 0, state.written + text.count + bytes.count < mostBytes,
        share?.take(bytes.count + 1) != false
      else {
        state.untold += 1
        state.firstUntold = state.firstUntold ?? row.row
        continue
      }
      if state.count > 0 { text.append(UInt8(ascii: ",")) }
      text += bytes
      state.count += 1
      guard text.count >= Self.pieceBytes else { continue }
      try file.write(contentsOf: text)
      state.written += text.count
      text.removeAll(keepingCapacity: true)
    }
    try file.write(contentsOf: text)
    state.written += text.count
    self.state.withLock { [state] in $0 = state }
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
        while let piece = try self.file.read(upToCount: Self.pieceBytes), !piece.isEmpty {
          try await writer.write(Array(piece))
        }
        try await writer.write(self.remainder + tail)
      })
  }

  /// What says how many rows are not told, in the form of one that is; nothing where there are none.
  private var remainder: String {
    let state = state.withLock { $0 }
    guard let first = state.firstUntold else { return "" }
    let row = RefusedRow(
      row: first, kind: .invalid,
      reason: "there is no room to tell \(state.untold) more rows that made no lead, from row \(first) on")
    return (state.count > 0 ? "," : "") + value(row, []).serialized()
  }
}
