// TLS and HTTP/2 before a fault server: a real nginx with certificates made for the test. Where nginx or openssl is not
// installed there is none, and tests that need one are skipped with a word.

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// An nginx on a loopback port that passes every request on to a server without TLS.
package final class FaultServerTLS: Sendable {
  /// Which certificate it shows.
  package enum Certificate: String, Sendable, CaseIterable {
    /// For localhost and 127.0.0.1, by the authority in `authorityFile`.
    case valid
    /// Its time is over.
    case expired
    /// For `elsewhere.test`.
    case otherName
    /// By itself.
    case selfSigned
  }

  /// The port on 127.0.0.1.
  package let port: Int
  /// The authority's certificate, to be trusted by clients.
  package let authorityFile: String
  private let folder: TemporaryFolder
  private let process: ChildProcess

  /// Whether what it needs is installed.
  package static var isAvailable: Bool { program("nginx") != nil && program("openssl") != nil }

  /// Starts nginx and waits until it takes connections.
  /// - Parameter upstreamPort: of the server behind it.
  /// - Parameter protocols: for `ssl_protocols`, such as `TLSv1.1`.
  package init(
    upstreamPort: Int, certificate: Certificate = .valid, usesHTTP2: Bool = true,
    protocols: String = "TLSv1.2 TLSv1.3"
  ) throws {
    guard let nginx = program("nginx"), let openssl = program("openssl") else { throw FaultServerError("nginx") }
    folder = try TemporaryFolder()
    try Certificates(openssl, folder).make(certificate)
    authorityFile = folder.path("authority.pem")
    port = try closedPort()
    let configuration = """
      daemon off; master_process off; pid \(folder.path("pid")); error_log stderr emerg;
      events { worker_connections 64; }
      http {
        access_log off;
        client_body_temp_path \(folder.path("body")); proxy_temp_path \(folder.path("proxy"));
        fastcgi_temp_path \(folder.path("f")); uwsgi_temp_path \(folder.path("u")); scgi_temp_path \(folder.path("s"));
        client_max_body_size 100m;
        map $http_upgrade $upstream_connection { default ""; websocket upgrade; }
        server {
          listen 127.0.0.1:\(port) ssl\(usesHTTP2 ? " http2" : "");
          ssl_certificate \(folder.path("server.pem")); ssl_certificate_key \(folder.path("server.key"));
          ssl_protocols \(protocols); ssl_ciphers ALL:@SECLEVEL=0;
          location / {
            proxy_pass http://127.0.0.1:\(upstreamPort); proxy_http_version 1.1;
            proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $upstream_connection;
            proxy_buffering off; proxy_request_buffering off; gzip off;
          }
        }
      }
      """
    try folder.write(configuration, to: "nginx.conf")
    process = try ChildProcess([nginx, "-p", folder.path(""), "-c", folder.path("nginx.conf")])
    try waitForListener(port: port)
  }

  /// An address there, by a name the valid certificate is for.
  package func url(_ target: String = "/") -> String { "https://localhost:\(port)\(target)" }
}

/// A tinyproxy on a loopback port.
package final class FaultServerProxy: Sendable {
  /// The port on 127.0.0.1.
  package let port: Int
  private let folder: TemporaryFolder
  private let process: ChildProcess

  /// Whether it is installed.
  package static var isAvailable: Bool { program("tinyproxy") != nil }

  /// Starts it and waits until it takes connections.
  /// - Parameter login: `user password` it asks for.
  package init(login: String? = nil) throws {
    guard let tinyproxy = program("tinyproxy") else { throw FaultServerError("tinyproxy") }
    folder = try TemporaryFolder()
    port = try closedPort()
    var configuration = "Port \(port)\nListen 127.0.0.1\nTimeout 60\nMaxClients 20\nLogLevel Critical\n"
    configuration += "PidFile \"\(folder.path("pid"))\"\nLogFile \"\(folder.path("log"))\"\n"
    if let login { configuration += "BasicAuth \(login)\n" }
    try folder.write(configuration, to: "tinyproxy.conf")
    process = try ChildProcess([tinyproxy, "-d", "-c", folder.path("tinyproxy.conf")])
    try waitForListener(port: port)
  }
}

/// Keys and certificates by the openssl program.
private struct Certificates {
  let openssl: String
  let folder: TemporaryFolder

  init(_ openssl: String, _ folder: TemporaryFolder) {
    self.openssl = openssl
    self.folder = folder
  }

  func make(_ kind: FaultServerTLS.Certificate) throws {
    try run(
      "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /O=Riffle/CN=Riffle_Test_Authority"
        + " -addext basicConstraints=critical,CA:TRUE -keyout authority.key -out authority.pem")
    let names = kind == .otherName ? "DNS:elsewhere.test" : "DNS:localhost,IP:127.0.0.1"
    if kind == .selfSigned {
      return try run(
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost"
          + " -addext subjectAltName=\(names) -keyout server.key -out server.pem")
    }
    try run(
      "req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=server -keyout server.key -out server.csr")
    try folder.write("subjectAltName=\(names)\n", to: "extensions")
    try folder.write("", to: "index")
    try folder.write("01\n", to: "serial")
    try folder.write(
      """
      [ca]
      default_ca=a
      [a]
      database=\(folder.path("index"))
      serial=\(folder.path("serial"))
      new_certs_dir=\(folder.path(""))
      default_md=sha256
      policy=p
      [p]
      commonName=supplied

      """, to: "ca.conf")
    let (from, to) = kind == .expired ? ("200101000000Z", "200201000000Z") : ("200101000000Z", "450101000000Z")
    try run(
      "ca -batch -notext -config ca.conf -cert authority.pem -keyfile authority.key -in server.csr -out server.pem"
        + " -startdate \(from) -enddate \(to) -extfile extensions")
  }

  private func run(_ arguments: String) throws {
    let words = arguments.split(separator: " ").map { word in
      // Plain names are files of the folder.
      let word = String(word)
      return Self.files.contains(word) ? folder.path(word) : word
    }
    guard try ChildProcess([openssl] + words, isQuiet: true).waitForSuccess() else { throw FaultServerError("openssl") }
  }

  private static let files: Set<String> = [
    "authority.key", "authority.pem", "server.key", "server.pem", "server.csr", "extensions", "ca.conf",
  ]
}

/// A folder that goes with its last reference.
final class TemporaryFolder: Sendable {
  private let root: String

  init() throws {
    var template = Array("/tmp/fault-server-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw FaultServerError("mkdtemp") }
    root = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  deinit {
    // Through rm, because servers leave folders of their own there.
    do { _ = try ChildProcess(["/bin/rm", "-rf", root], isQuiet: true).waitForSuccess() } catch {}
  }

  func path(_ name: String) -> String { "\(root)/\(name)" }

  func write(_ text: String, to name: String) throws {
    guard let file = fopen(path(name), "w") else { throw FaultServerError("fopen") }
    defer { fclose(file) }
    guard fputs(text, file) >= 0 else { throw FaultServerError("fputs") }
  }
}

/// A program that ends with its last reference.
final class ChildProcess: Sendable {
  private let process: pid_t

  init(_ arguments: [String], isQuiet: Bool = false) throws {
    var pointers = arguments.map { strdup($0) }
    pointers.append(nil)
    defer { for pointer in pointers { free(pointer) } }
    #if canImport(Darwin)
      var actions: posix_spawn_file_actions_t?
    #else
      var actions = posix_spawn_file_actions_t()
    #endif
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    if isQuiet {
      posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
      posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
    }
    var process: pid_t = 0
    guard posix_spawn(&process, arguments[0], &actions, nil, pointers, environ) == 0 else {
      throw FaultServerError("posix_spawn \(arguments[0])")
    }
    self.process = process
  }

  deinit {
    kill(process, SIGKILL)
    var status: Int32 = 0
    waitpid(process, &status, 0)
  }

  func waitForSuccess() throws -> Bool {
    var info = siginfo_t()
    // Left to be waited for, so that the id stays ours until `deinit`.
    guard waitid(P_PID, id_t(process), &info, WEXITED | WNOWAIT) == 0 else { throw FaultServerError("waitid") }
    return info.si_code == CLD_EXITED && exitStatus(info) == 0
  }

  private func exitStatus(_ info: siginfo_t) -> Int32 {
    #if canImport(Darwin)
      info.si_status
    #else
      info._sifields._sigchld.si_status
    #endif
  }
}

/// The program's file, in the places where system programs are.
private func program(_ name: String) -> String? {
  ["/usr/sbin", "/usr/bin", "/usr/local/bin", "/opt/homebrew/bin"].map { "\($0)/\(name)" }.first {
    access($0, X_OK) == 0
  }
}

/// Waits until somebody takes connections there; a few milliseconds between looks, five seconds at most.
private func waitForListener(port: Int) throws {
  let deadline = ContinuousClock.now + .seconds(5)
  while ContinuousClock.now < deadline {
    if canConnect(port: port) { return }
    usleep(2_000)
  }
  throw FaultServerError("no listener on port \(port)")
}
