/// What a request asks to be done.
public struct Method: Hashable, Sendable, CustomStringConvertible {
  /// The method's name as it stands in the request; upper and lower case differ.
  public let name: String

  /// Creates a method from its name.
  ///
  /// - Parameter name: The name, such as `PURGE`.
  public init(_ name: String) { self.name = name }

  /// Reads a resource.
  public static let get = Method("GET")
  /// Reads a resource's fields without its content.
  public static let head = Method("HEAD")
  /// Hands something in.
  public static let post = Method("POST")
  /// Puts a resource in its place.
  public static let put = Method("PUT")
  /// Changes a part of a resource.
  public static let patch = Method("PATCH")
  /// Removes a resource.
  public static let delete = Method("DELETE")
  /// Asks what may be asked.
  public static let options = Method("OPTIONS")

  /// The name.
  public var description: String { name }
}
