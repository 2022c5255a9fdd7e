import Foundation

/// The least that answers over HTTP: a loop in C that looks for the end of a head and prints an answer.
///
/// It is compiled when it is needed, so that nothing of it is in the package.
struct BareServer {
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  private let process = Process()
  let port: Int

  init(in folder: String) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let source = folder + "/bare.c"
    let program = folder + "/bare"
    try Self.source.write(toFile: source, atomically: true, encoding: .utf8)
    let compiler = try ["/usr/bin/cc", "/usr/bin/gcc", "/usr/bin/clang"].first {
      FileManager.default.isExecutableFile(atPath: $0)
    }.orThrow(Failure(description: "There is no C compiler; install one to have something to compare with."))
    guard try run(compiler, ["-O2", "-o", program, source]).status == 0 else {
      throw Failure(description: "The C compiler does not take the bare loop.")
    }
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: program)
    process.standardOutput = output
    try process.run()
    var line = ""
    while !line.hasSuffix("\n") {
      let byte = output.fileHandleForReading.readData(ofLength: 1)
      guard !byte.isEmpty else { throw Failure(description: "The bare loop does not say its port.") }
      line += String(decoding: byte, as: UTF8.self)
    }
    port = try Int(line.dropLast()).orThrow(Failure(description: "The bare loop says '\(line)' for its port."))
  }

  /// Killed, since it inherits a mask from the thread that starts it, and threads of the pool block other signals.
  func stop() { kill(process.processIdentifier, SIGKILL) }

  /// One thread, epoll, one read and one write for each request, and the same answer as the server gives.
  static let source = #"""
    #define _GNU_SOURCE
    #include <arpa/inet.h>
    #include <stdio.h>
    #include <string.h>
    #include <sys/epoll.h>
    #include <sys/socket.h>
    #include <netinet/tcp.h>
    #include <time.h>
    #include <unistd.h>

    int main(void) {
      int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), one = 1;
      struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
      socklen_t length = sizeof address;
      if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 1024)) return 1;
      getsockname(listener, (struct sockaddr *)&address, &length);
      printf("%d\n", ntohs(address.sin_port));
      fflush(stdout);
      int poll = epoll_create1(0);
      struct epoll_event event = {.events = EPOLLIN, .data.fd = listener}, events[256];
      epoll_ctl(poll, EPOLL_CTL_ADD, listener, &event);
      char in[16384], body[1024], out[2048], date[64];
      long number = 0;
      time_t second = 0;
      for (;;) {
        int count = epoll_wait(poll, events, 256, -1);
        time_t now = time(NULL);
        if (now != second) {
          second = now;
          strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", gmtime(&now));
        }
        for (int i = 0; i < count; i++) {
          int fd = events[i].data.fd;
          if (fd == listener) {
            int client = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
            if (client < 0) continue;
            setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
            event = (struct epoll_event){.events = EPOLLIN, .data.fd = client};
            epoll_ctl(poll, EPOLL_CTL_ADD, client, &event);
            continue;
          }
          ssize_t size = read(fd, in, sizeof in - 1);
          if (size <= 0) {
            if (size == 0) close(fd);
            continue;
          }
          in[size] = 0;
          if (!memmem(in, size, "\r\n\r\n", 4)) continue;
          number++;
          int bytes = snprintf(body, sizeof body,
            "{\"id\":%ld,\"campaign\":\"renewals-2031\",\"name\":\"Ada Lovelace\",\"phone\":\"+14155552671\","
            "\"status\":\"waiting\",\"priority\":%ld,\"attempts\":%ld,\"maximumAttempts\":5,"
            "\"nextAttempt\":\"2031-01-01T09:00:00Z\",\"timeZone\":\"America/Los_Angeles\","
            "\"tags\":[\"vip\",\"renewal\"],\"note\":\"asked to be called in the morning\"}",
            number, number % 10, number % 5);
          int total = snprintf(out, sizeof out,
            "HTTP/1.1 200 OK\r\nDate: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
            date, bytes, body);
          if (write(fd, out, total) < 0) close(fd);
        }
      }
    }
    """#
}

extension Optional {
  /// The value, or an error where there is none.
  func orThrow(_ error: some Error) throws -> Wrapped {
    guard let self else { throw error }
    return self
  }
}

/// Runs a program to its end. What it complains of goes where this program's own complaints go, or nowhere.
func run(_ program: String, _ arguments: [String], complains: Bool = true) throws -> (status: Int32, output: String) {
  let process = Process()
  let output = Pipe()
  process.executableURL = URL(fileURLWithPath: program)
  process.arguments = arguments
  process.standardOutput = output
  if !complains { process.standardError = FileHandle.nullDevice }
  try process.run()
  let bytes = output.fileHandleForReading.readDataToEndOfFile()
  process.waitUntilExit()
  return (process.terminationStatus, String(decoding: bytes, as: UTF8.self))
}
