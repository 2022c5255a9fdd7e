extension Peer {
  /// SQLite with a log that is synchronized for each commit. It is told a file, and how many commits to make.
  static let sqlite = Peer(
    """
    import sqlite3, sys, time
    path, commits = sys.argv[1], int(sys.argv[2])
    base = sqlite3.connect(path, isolation_level=None)
    base.execute("PRAGMA journal_mode = WAL")
    base.execute("PRAGMA synchronous = FULL")
    base.execute("CREATE TABLE calls (id INTEGER PRIMARY KEY, notes TEXT)")
    base.execute("INSERT INTO calls VALUES (1, '')")
    rates = []
    for turn in range(5):
      start = time.perf_counter()
      for number in range(commits):
        base.execute("UPDATE calls SET notes = ? WHERE id = 1", ["is on holiday now." if number % 2 else "asked to be called"])
      rates.append(commits / (time.perf_counter() - start))
    print("SQLite " + sqlite3.sqlite_version + " from Python, WAL, synchronous FULL", sorted(rates)[2], sep="\\t")
    """)
}
