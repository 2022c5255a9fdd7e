#if PostgreSQL
  internal import CampaignKit
  internal import Locks

  /// What all transactions of a storage share.
  final class SharedState: Sendable {
    /// The time for tests; nil for the database's clock.
    let time: (any TimeSource)?
    let identifiers: IdentifierRuns
    private let restoring = Locked(false)
    private let localities = Locked<(values: [Int: Locality], numbers: [Locality: Int])>(([:], [:]))

    init(
      time: (any TimeSource)?, firstEnding: @escaping @Sendable () -> Int64 = { Int64.random(in: 0..<0x7FFF_FFFF_FFFF) }
    ) {
      self.time = time
      identifiers = IdentifierRuns(firstEnding)
    }

    /// Whether records are being restored, and nothing else was changed since the first.
    var isRestoring: Bool {
      get { restoring.withLock { $0 } }
      set { restoring.withLock { $0 = newValue } }
    }

    func locality(_ number: Int) -> Locality? { localities.withLock { $0.values[number] } }
    func number(of locality: Locality) -> Int? { localities.withLock { $0.numbers[locality] } }

    /// Notes a locality that the database has, and will always have.
    func keep(_ locality: Locality, _ number: Int) {
      localities.withLock {
        $0.values[number] = locality
        $0.numbers[locality] = number
      }
    }
  }

  /// Makes identifiers that rise, one or many at a time.
  final class IdentifierRuns: Sendable {
    private let last = Locked<(millisecond: Int64, tail: Int64)>((0, 0))
    private let firstEnding: @Sendable () -> Int64

    init(_ firstEnding: @escaping @Sendable () -> Int64) {
      self.firstEnding = firstEnding
    }

    /// Puts identifiers aside: those of a millisecond with so many endings from the first on.
    ///
    /// The first ending of a millisecond is random, so that other processes make others.
    func reserve(_ count: Int, at now: Timestamp) -> (millisecond: Int64, tail: Int64) {
      last.withLock { last in
        let now = min(max(0, now.milliseconds), 0xFFFF_FFFF_FFFF)
        // The endings have 48 bits; those of a millisecond may be used up.
        if now > last.millisecond || last.tail > 0xFFFF_FFFF_FFFF - Int64(count) {
          last.millisecond = max(now, last.millisecond + 1)
          last.tail = firstEnding()
        }
        defer { last.tail += Int64(count) }
        return last
      }
    }

    func next<Entity>(_ entity: Entity.Type = Entity.self, at now: Timestamp) -> Identifier<Entity> {
      let (millisecond, tail) = reserve(1, at: now)
      return Identifier(
        high: UInt64(millisecond) << 16 | UInt64(tail) >> 32, low: UInt32(truncatingIfNeeded: tail))
    }
  }

  extension Session {
    /// The number under which a locality is known; it is given one if it has none.
    func number(of locality: Locality) throws(StoreError) -> Int {
      if let number = shared.number(of: locality) { return number }
      let text = try Document.text(locality)
      // One that this transaction adds is not kept in mind: it may be undone.
      if var row = try rows("SELECT id FROM localities WHERE doc = $1", text).first {
        let number = try row.int()
        if !addedLocalities.contains(number) { shared.keep(locality, number) }
        return number
      }
      write("INSERT INTO localities (doc) VALUES ($1) ON CONFLICT DO NOTHING", text)
      guard var row = try rows("SELECT id FROM localities WHERE doc = $1", text).first else {
        throw StoreError(.unavailable, "a locality cannot be added")
      }
      let number = try row.int()
      addedLocalities.insert(number)
      return number
    }

    /// The locality of that number.
    func locality(_ number: Int) throws(StoreError) -> Locality {
      if let locality = shared.locality(number) { return locality }
      guard var row = try rows("SELECT doc FROM localities WHERE id = $1", number).first else {
        throw StoreError(.damaged, "a lead has a locality that is not there")
      }
      let locality = try row.document(Locality.self)
      if !addedLocalities.contains(number) { shared.keep(locality, number) }
      return locality
    }
  }
#endif
