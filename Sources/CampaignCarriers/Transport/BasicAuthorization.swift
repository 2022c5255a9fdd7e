import Foundation

/// The field by which a client says who it is.
enum BasicAuthorization {
  static func field(user: String, password: String) -> String {
    "Basic " + Data("\(user):\(password)".utf8).base64EncodedString()
  }
}
