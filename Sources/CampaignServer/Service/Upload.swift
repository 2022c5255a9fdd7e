import CampaignKit
import Foundation
import WebServer

/// A form with a file, received into a file of its own so that memory does not grow with it.
struct Upload: Sendable {
  /// Where the file is; nil when the form had none.
  var path: String?
  /// What the file is called.
  var name = "upload.csv"
  /// The other fields of the form.
  var fields: [String: String] = [:]
  /// What it takes of the room for uploads; nil where nobody counts.
  var share: SpoolBudget.Share?

  private static let beginning = "upload-"
  private static let ending = ".csv"

  /// Removes the files that processes left which were killed: those on which nobody has a lock.
  ///
  /// - Parameter folder: The folder for uploads.
  static func removeAbandoned(in folder: String) {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    for name in names where name.hasPrefix(beginning) && name.hasSuffix(ending) {
      let path = folder + (folder.hasSuffix("/") ? "" : "/") + name
      guard let file = FileHandle(forUpdatingAtPath: path) else { continue }
      if flock(file.fileDescriptor, LOCK_EX | LOCK_NB) == 0 { try? FileManager.default.removeItem(atPath: path) }
      try? file.close()
    }
  }

  /// Receives the form of a request, and removes its file when the work is done.
  ///
  /// - Parameters:
  ///   - inquiry: The request.
  ///   - field: The name of the part with the file.
  ///   - work: Is given the form.
  /// - Returns: What the work returns.
  /// - Throws: A ``Refusal``, an `HTTPError` for a form that is malformed, or what the work throws.
  static func receiving<Value: Sendable>(
    _ inquiry: Inquiry, file field: String = "file", _ work: (Upload) async throws -> Value
  ) async throws -> Value {
    let folder = inquiry.service.configuration.uploadFolder ?? NSTemporaryDirectory()
    let path = folder + (folder.hasSuffix("/") ? "" : "/") + "\(beginning)\(UUID().uuidString)\(ending)"
    let share = inquiry.service.spool.share(of: try inquiry.account)
    var upload = Upload(share: share)
    var held: FileHandle?
    defer {
      if upload.path != nil { try? FileManager.default.removeItem(atPath: path) }
      try? held?.close()
      share.giveBack()
    }
    var form = try MultipartForm(inquiry.request)
    while let part = try await form.nextPart() {
      guard part.name == field else {
        let value = try await form.collectPart(upTo: 64 << 10)
        guard let text = String(validating: value, as: UTF8.self) else {
          throw Refusal.invalid(part.name, "is not UTF-8")
        }
        upload.fields[part.name] = text
        continue
      }
      guard upload.path == nil else { throw Refusal.invalid(field, "is there more than once") }
      guard FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600]),
        let file = FileHandle(forWritingAtPath: path)
      else { throw Refusal(.unavailable, "the folder for uploads cannot be written to") }
      upload.path = path
      upload.name = part.fileName ?? upload.name
      held = file
      _ = flock(file.fileDescriptor, LOCK_EX | LOCK_NB)
      while let piece = try await form.nextPiece() {
        guard share.take(piece.count) else {
          throw Refusal(
            .unavailable, "there is no room for the upload beside those that are under way; come again later",
            retryAfter: .seconds(30))
        }
        do { try file.write(contentsOf: piece) } catch {
          throw Refusal(.unavailable, "the upload cannot be kept: the device for uploads is full or fails")
        }
      }
    }
    return try await work(upload)
  }

  /// Imports the file into a campaign, away from the loops that serve connections.
  ///
  /// - Throws: A ``Refusal`` that names the column or field for a file that is no list of leads.
  func importing(
    into campaign: Campaign.ID, with options: LeadImporter.Options, refusals: (any RefusedRowSink)? = nil,
    on inquiry: Inquiry
  ) async throws -> ImportResult {
    guard let path else { throw Refusal.invalid("file", "is missing; send the list as the part 'file' of a form") }
    let importer = LeadImporter(inquiry.storage, options: options, identifiers: inquiry.service.identifiers)
    do {
      let source = ImportSource.file(path, name: name)
      return try await withTaskExecutorPreference(globalConcurrentExecutor) {
        try await importer.run(source, into: campaign, refusals: refusals)
      }
    } catch let error as ImportError {
      throw Refusal(error)
    }
  }
}

extension Refusal {
  /// What a client is told of a file that could not be imported.
  init(_ error: ImportError) {
    switch error.code {
    case .storeFailed: self = (error.cause as? StoreError).map { Refusal($0) } ?? Refusal(.unavailable, error.message)
    case .sourceFailed, .sourceChanged, .sinkFailed, .cancelled: self.init(.unavailable, error.message)
    case .underWay: self.init(.state, error.message)
    // The message may name columns of a file that is none.
    default:
      let message = error.message.replacing("\0", with: "\u{FFFD}")
      self.init(.invalid, message)
      problems = [Problem((error.field ?? "file").replacing("\0", with: "\u{FFFD}"), message)]
    }
  }
}
