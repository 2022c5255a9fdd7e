import Locks
import WebServer

/// How often somebody may try passwords.
///
/// Only attempts that fail count: one is counted before it is made, and taken back when it succeeds.
public struct LoginLimits: Hashable, Sendable {
  /// Failures from one address in a window, 50 by default. Of IPv6, addresses that share their first 64 bits are one.
  public var failuresPerAddress = 50
  /// Failures for one e-mail address in a window, 10 by default, whether somebody has it or not.
  public var failuresPerEmail = 10
  /// The window, 15 minutes by default.
  public var window: Duration = .seconds(900)
  /// Most addresses and most e-mail addresses that are remembered, 50,000 of each by default.
  public var maximumKeys = 50_000

  /// Creates the default limits.
  public init() {}
}

/// Counts the attempts.
final class LoginAttempts: Sendable {
  private struct State {
    var addresses: SlidingWindow
    var emails: SlidingWindow
    var now: Int64 = 0
  }

  private let state: Locked<State>

  init(_ limits: LoginLimits) {
    let window = max(1, limits.window.milliseconds)
    state = Locked(
      State(
        addresses: SlidingWindow(
          limit: limits.failuresPerAddress, window: window, maximumKeys: limits.maximumKeys),
        emails: SlidingWindow(limit: limits.failuresPerEmail, window: window, maximumKeys: limits.maximumKeys)))
  }

  /// Counts an attempt, if it may be made.
  ///
  /// - Throws: ``AccessError/Code/busy`` with the time after which one may be made.
  func begin(address: String, email: String, at milliseconds: Int64) throws(AccessError) {
    let wait = state.withLock { state -> Int64? in
      state.now = max(state.now, milliseconds)
      let address = Self.network(of: address)
      let first = state.addresses.ask(address, at: state.now)
      guard first.isAllowed else { return first.reset }
      let second = state.emails.ask(email, at: state.now)
      guard second.isAllowed else {
        // It was not made, so it does not count for the address either.
        state.addresses.takeBack(address)
        return second.reset
      }
      return nil
    }
    guard let wait else { return }
    throw AccessError(
      .busy, "there were too many attempts to sign in; try again later",
      retryAfter: max(.seconds(1), .milliseconds(wait)))
  }

  /// Takes an attempt back that has succeeded, or was not made after all.
  func takeBack(address: String, email: String) {
    state.withLock { state in
      state.addresses.takeBack(Self.network(of: address))
      state.emails.takeBack(email)
    }
  }

  /// The part of an address that one subscriber has: all of IPv4, the first 64 bits of IPv6.
  static func network(of address: String) -> String {
    let address = address.lowercased()
    let groups = address.split(separator: ":", omittingEmptySubsequences: false)
    guard groups.count > 2 else { return address }
    // IPv4 that is written as IPv6.
    if let last = groups.last, last.contains(".") { return String(last) }
    let front = groups.prefix { !$0.isEmpty }
    // What `::` leaves out are zeros.
    let first = (front + repeatElement("0", count: 4)).prefix(4)
    guard front.count < groups.count, front.count < 4 else { return first.joined(separator: ":") }
    let back = groups.reversed().prefix { !$0.isEmpty }.reversed()
    let zeros = max(0, 8 - front.count - back.count)
    return (front + repeatElement("0", count: zeros) + back).prefix(4).joined(separator: ":")
  }
}
