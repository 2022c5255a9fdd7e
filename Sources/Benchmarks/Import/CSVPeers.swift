extension Peer {
  /// Readers of CSV, on one thread. Each is told the file and how many rows it has.
  static let csvReaders = [python, arrow, duck, polars]

  private static let python = csv(
    """
    import csv, platform
    name = "Python " + platform.python_version() + ", csv"
    def read():
      with open(path, newline="", encoding="utf-8") as file:
        return sum(1 for row in csv.reader(file)) - 1
    """)

  private static let arrow = csv(
    """
    import pyarrow, pyarrow.csv
    name = "pyarrow " + pyarrow.__version__ + ", all texts"
    pyarrow.set_cpu_count(1)
    def read():
      columns = pyarrow.csv.open_csv(path, parse_options=options()).schema.names
      return pyarrow.csv.read_csv(
        path, pyarrow.csv.ReadOptions(use_threads=False), options(),
        pyarrow.csv.ConvertOptions(column_types={column: pyarrow.string() for column in columns})).num_rows
    def options():
      return pyarrow.csv.ParseOptions(newlines_in_values=True)
    """)

  private static let duck = csv(
    """
    import duckdb
    name = "DuckDB " + duckdb.__version__ + ", into a table of texts"
    def read():
      base = duckdb.connect()
      base.execute("SET threads = 1")
      base.execute("CREATE TABLE leads AS FROM read_csv(?, all_varchar = true, header = true)", [path])
      return base.execute("SELECT count(*) FROM leads").fetchone()[0]
    """)

  private static let polars = csv(
    """
    import os
    os.environ["POLARS_MAX_THREADS"] = "1"
    import polars
    name = "polars " + polars.__version__ + ", all texts"
    def read():
      return polars.read_csv(path, infer_schema=False).height
    """)

  /// The best of three readings, in megabytes a second of processor time.
  private static func csv(_ reader: String) -> Peer {
    Peer(
      """
      import os, sys, time
      path, rows = sys.argv[1], int(sys.argv[2])
      \(reader)
      best = 0
      for turn in range(3):
        start = time.process_time()
        assert read() == rows
        best = max(best, os.path.getsize(path) / 1e6 / (time.process_time() - start))
      print(name, best, sep="\\t")
      """)
  }
}
