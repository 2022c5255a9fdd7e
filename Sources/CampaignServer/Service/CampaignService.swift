public import CampaignKit
import JSON
import Locks
public import WebServer

/// An engine and a store, spoken to over HTTP in the dialects that are mounted.
public final class CampaignService: Sendable {
  /// The engine.
  public let engine: CampaignEngine
  /// What it may do.
  public let configuration: ServiceConfiguration
  /// The dialects.
  public let dialects: [Dialect]
  /// Makes identifiers.
  let identifiers = IdentifierGenerator()
  /// Knows who asks.
  let authenticator: any Authenticating
  /// Lets people register and sign in; nil where that is done elsewhere.
  let signIn: SignIn?
  /// What uploads may take on the disk.
  let spool: SpoolBudget
  private let server = Locked<Server?>(nil)

  /// Creates a service.
  ///
  /// - Parameters:
  ///   - engine: The engine; whoever made it runs it.
  ///   - authenticator: Knows who asks.
  ///   - signIn: Lets people register and sign in; nil where that is done elsewhere.
  ///   - dialects: The dialects, with their bases.
  ///   - configuration: What it may do.
  /// - Throws: A ``MountProblem`` when two dialects have a path in common.
  public init(
    engine: CampaignEngine, authenticator: any Authenticating, signIn: SignIn? = nil, dialects: [Dialect],
    configuration: ServiceConfiguration = ServiceConfiguration()
  ) throws(MountProblem) {
    self.engine = engine
    self.authenticator = authenticator
    self.signIn = signIn
    self.configuration = configuration
    self.dialects = dialects
    spool = SpoolBudget(inAll: configuration.maximumSpooledBytes, ofAccount: configuration.maximumSpooledBytesOfAccount)
    try MountProblem.check(dialects)
    if let folder = configuration.uploadFolder { Upload.removeAbandoned(in: folder) }
  }

  /// Lets the service tell what a server has counted.
  ///
  /// - Parameter server: The server that serves its routes.
  public func observe(_ server: Server) { self.server.withLock { $0 = server } }

  /// What the server has counted.
  var webMetrics: Metrics? { server.withLock { $0?.metrics } }

  /// The store.
  var storage: any CampaignStorage { engine.storage }

  /// The dialect whose paths a path is below of; the longest base counts, and then what hangs beside one.
  func dialect(of path: String) -> Dialect? {
    let below = dialects.filter { path == $0.base || path.hasPrefix($0.base + "/") }.max {
      $0.base.count < $1.base.count
    }
    if let below, !below.base.isEmpty { return below }
    let beside = dialects.first { dialect in
      dialect.operations.contains { operation in
        guard operation.isBeside, let first = operation.path.split(separator: "/").first else { return false }
        let start = "\(dialect.root)/\(first)"
        return path == start || path.hasPrefix(start + "/")
      }
    }
    return beside ?? below
  }
}

/// Two dialects that cannot be told apart by the path.
public struct MountProblem: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is wrong.
  public let description: String

  static func check(_ dialects: [Dialect]) throws(MountProblem) {
    var owners: [String: String] = [:]
    for dialect in dialects {
      for other in dialects where other.name < dialect.name && other.base == dialect.base {
        throw MountProblem(description: "\(other.name) and \(dialect.name) are both mounted at \(dialect.base)")
      }
      for operation in dialect.operations {
        // What varies in a path may have any name.
        let pattern = dialect.path(of: operation).split(separator: "/").map { $0.hasPrefix("{") ? "{}" : String($0) }
        let route = "\(operation.method) /" + pattern.joined(separator: "/")
        if let owner = owners[route] {
          throw MountProblem(description: "\(owner) and \(dialect.name) both answer \(route); mount one elsewhere")
        }
        owners[route] = dialect.name
      }
    }
  }
}
