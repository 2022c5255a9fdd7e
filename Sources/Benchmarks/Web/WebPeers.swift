extension Peer {
  /// nginx with one worker that answers from its configuration. It is told how many seconds to be asked, and the answer.
  static let nginx = Peer(
    """
    import os, re, shutil, socket, subprocess, sys, tempfile, time
    seconds, answer = sys.argv[1:]
    program = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin:/usr/local/sbin")
    version = re.search(r"nginx/(\\S+)", subprocess.run([program, "-v"], capture_output=True, text=True).stderr)[1]
    with socket.socket() as free:
      free.bind(("127.0.0.1", 0))
      port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
      paths = "".join(f"{name}_temp_path {folder}/{name};" for name in ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"])
      with open(folder + "/nginx.conf", "w") as file:
        file.write(f"daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/log;"
          f"events {{}} http {{ access_log off; keepalive_requests 1000000000; {paths} default_type application/json;"
          f"server {{ listen 127.0.0.1:{port}; location / {{ return 200 '{answer}'; }} }} }}")
      server = subprocess.Popen([program, "-c", folder + "/nginx.conf"], stderr=subprocess.DEVNULL)
      try:
        for turn in range(100):
          try:
            socket.create_connection(("127.0.0.1", port)).close()
            break
          except OSError:
            time.sleep(0.05)
        rates = []
        for turn in range(3):
          output = subprocess.run(
            ["wrk", "-t1", "-c64", f"-d{seconds}s", f"http://127.0.0.1:{port}/"], capture_output=True, text=True).stdout
          assert "Non-2xx" not in output
          rates.append(float(re.search(r"Requests/sec: *(\\S+)", output)[1]))
      finally:
        server.terminate()
        server.wait()
    print("nginx " + version + ", one worker, the same text each time", sorted(rates)[1], sep="\\t")
    """)
}
