@testable import WebServer

/// Reads whole forms out of pieces, with tight bounds.
enum MultipartForms {
  /// A form as it comes out: parts with their whole content, or the status of an error.
  enum Form: Equatable {
    case parts([Part])
    case error(Int)
  }

  struct Part: Equatable {
    var name: String
    var fileName: String?
    var type: String?
    var content: [UInt8]

    init(name: String, fileName: String? = nil, type: String? = nil, content: String) {
      self.name = name
      self.fileName = fileName
      self.type = type
      self.content = Array(content.utf8)
    }
  }

  static func read(_ pieces: [[UInt8]], boundary: String = "xx") -> Form {
    var limits = MultipartLimits()
    limits.parts = 3
    limits.fieldBytes = 150
    limits.partBytes = 100
    var parts: [Part] = []
    do throws(HTTPError) {
      var parser = try MultipartParser(contentType: "multipart/form-data; boundary=\(boundary)", limits: limits)
      for piece in pieces {
        for event in try parser.parse(piece) {
          switch event {
          case .part(let part):
            parts.append(Part(name: part.name, fileName: part.fileName, type: part.contentType, content: ""))
          case .content(let bytes): parts[parts.count - 1].content += bytes
          case .partEnd: break
          }
        }
      }
      try parser.finish()
      return .parts(parts)
    } catch {
      return .error(error.status.code)
    }
  }
}
