import CampaignKit
import Locks

/// The bytes on the disk that uploads take while they are worked on: so many in all, and so many of one account, so that
/// nobody takes the room in which everybody's calls are kept.
final class SpoolBudget: Sendable {
  private struct State {
    var all = 0
    var byAccount: [Account.ID: Int] = [:]
  }

  private let mostInAll: Int
  private let mostOfAccount: Int
  private let state = Locked(State())

  init(inAll: Int, ofAccount: Int) {
    mostInAll = inAll
    mostOfAccount = ofAccount
  }

  /// What is taken now, in all.
  var taken: Int { state.withLock { $0.all } }

  /// A share for a file of an account, empty at first.
  func share(of account: Account.ID) -> Share { Share(self, account) }

  private func take(_ bytes: Int, for account: Account.ID) -> Bool {
    state.withLock { state in
      let own = state.byAccount[account] ?? 0
      guard bytes <= mostInAll - state.all, bytes <= mostOfAccount - own else { return false }
      state.all += bytes
      state.byAccount[account] = own + bytes
      return true
    }
  }

  private func giveBack(_ bytes: Int, of account: Account.ID) {
    state.withLock { state in
      state.all -= bytes
      let left = (state.byAccount[account] ?? 0) - bytes
      state.byAccount[account] = left > 0 ? left : nil
    }
  }

  /// What one file takes. It is given back at the latest when nobody has the share any more.
  final class Share: Sendable {
    private let budget: SpoolBudget
    private let account: Account.ID
    private let taken = Locked(0)

    fileprivate init(_ budget: SpoolBudget, _ account: Account.ID) {
      self.budget = budget
      self.account = account
    }

    deinit { giveBack() }

    /// A share for another file of the same account.
    func another() -> Share { Share(budget, account) }

    /// Takes room for some bytes; false where there is none.
    func take(_ bytes: Int) -> Bool {
      guard budget.take(bytes, for: account) else { return false }
      taken.withLock { $0 += bytes }
      return true
    }

    /// Gives back all that was taken.
    func giveBack() {
      let bytes = taken.withLock { taken in
        defer { taken = 0 }
        return taken
      }
      if bytes > 0 { budget.giveBack(bytes, of: account) }
    }
  }
}
