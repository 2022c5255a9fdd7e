#if PostgreSQL
  internal import CLibPQ
  package import CampaignKit
  internal import Foundation

  /// What a connection string says, parameter by parameter.
  package struct ConnectionParameters: Hashable, Sendable {
    /// The values of the parameters that are given.
    package private(set) var values: [String: String] = [:]

    /// Reads a URI or a list of `key=value`, as libpq does.
    ///
    /// - Throws: ``CampaignKit/StoreError/Code/invalid`` when it is neither.
    package init(_ connection: String) throws(StoreError) {
      guard let options = PQconninfoParse(connection, nil) else {
        throw StoreError(.invalid, "the connection string cannot be read")
      }
      defer { PQconninfoFree(options) }
      var option = options
      while let keyword = option.pointee.keyword {
        if let value = option.pointee.val { values[String(cString: keyword)] = String(cString: value) }
        option += 1
      }
    }

    private func value(_ name: String, _ variable: String, _ usual: String) -> String {
      values[name] ?? ProcessInfo.processInfo.environment[variable] ?? usual
    }

    /// The server's address, or the folder of its socket.
    package var host: String { value("host", "PGHOST", "/var/run/postgresql") }
    /// The server's port.
    package var port: String { value("port", "PGPORT", "5432") }

    /// The same, through a port of this machine.
    package func through(port: UInt16) -> String {
      var values = values
      values["hostaddr"] = nil
      values["host"] = "127.0.0.1"
      values["port"] = "\(port)"
      return values.sorted { $0.key < $1.key }.map { "\($0.key)='\(Self.escaped($0.value))'" }.joined(separator: " ")
    }

    private static func escaped(_ text: String) -> String {
      text.map { $0 == "'" || $0 == "\\" ? "\\\($0)" : "\($0)" }.joined()
    }
  }
#endif
