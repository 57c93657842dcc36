import Diagnostics
import TestSupport
import Testing
import Transport

@Suite("Proxies")
struct ProxyTests {
  @Test(
    "A request goes through its proxy",
    .enabled(if: FaultServerProxy.isAvailable, "tinyproxy is not installed"))
  func throughProxy() async throws {
    let server = try FaultServer { _ in .stream([.head(200), .bytes("through")]) }
    let proxy = try await onOwnThread { try FaultServerProxy() }
    var proxied = try request(server.url())
    proxied.proxy = .proxy(try HTTPProxy("http://127.0.0.1:\(proxy.port)"))
    let received = await HTTPClient().start(proxied).all()
    #expect(received.text == "through")
    #expect(server.log.requests.first?.header("Via") != nil)
  }

  @Test(
    "A tunnel through a proxy, and the secret inside it",
    .enabled(
      if: FaultServerProxy.isAvailable && FaultServerTLS.isAvailable, "tinyproxy, nginx or openssl is not installed"))
  func tunnel() async throws {
    let server = try FaultServer { _ in .respond(200, body: Array("tunnelled".utf8)) }
    let front = try await onOwnThread { try FaultServerTLS(upstreamPort: server.port) }
    let proxy = try await onOwnThread { try FaultServerProxy(login: "user secret") }
    var proxied = try request(front.url())
    proxied.caFile = front.authorityFile
    proxied.proxy = .proxy(try HTTPProxy("http://user:secret@127.0.0.1:\(proxy.port)"))
    try proxied.headers.add("Authorization", secret: Secret("Bearer key"))
    let received = await HTTPClient().start(proxied).all()
    #expect(received.text == "tunnelled")
    #expect(received.head?.headers["via"] == nil)
    #expect(server.log.requests.first?.header("Proxy-Authorization") == nil)
  }

  @Test(
    "A proxy that wants a password", .enabled(if: FaultServerProxy.isAvailable, "tinyproxy is not installed"),
    arguments: ["http", "https"])
  func passwordWanted(scheme: String) async throws {
    let proxy = try await onOwnThread { try FaultServerProxy(login: "user right") }
    var proxied = try request("\(scheme)://localhost:1/")
    proxied.proxy = .proxy(try HTTPProxy("127.0.0.1:\(proxy.port)"))
    let received = await HTTPClient().start(proxied).all()
    #expect(
      received.error == .proxy(name: "127.0.0.1:\(proxy.port)", reason: "it wants a user name and password"))
    #expect(received.head == nil)
  }

  @Test(
    "A proxy that refuses a tunnel is named without the password it got",
    .enabled(if: FaultServerProxy.isAvailable, "tinyproxy is not installed"))
  func wrongPassword() async throws {
    let proxy = try await onOwnThread { try FaultServerProxy(login: "user right") }
    var proxied = try request("https://localhost:1/")
    proxied.proxy = .proxy(try HTTPProxy("http://user:canary@127.0.0.1:\(proxy.port)"))
    let error = try #require(await HTTPClient().start(proxied).all().error)
    #expect(error == .proxy(name: "127.0.0.1:\(proxy.port)", reason: "it answered with status 401"))
    #expect(!"\(error) \(error.summary) \(proxied)".contains("canary"))
  }

  @Test("A proxy that is gone", arguments: ["http", "https"])
  func proxyGone(scheme: String) async throws {
    let port = try closedPort()
    var proxied = try request("\(scheme)://localhost:1/")
    proxied.proxy = .proxy(try HTTPProxy("http://user:canary@127.0.0.1:\(port)"))
    let error = await HTTPClient().start(proxied).all().error
    #expect(error == .proxy(name: "127.0.0.1:\(port)", reason: "refused"))
    #expect(error?.isTransient == true)
  }

  @Test("A proxy whose name does not exist")
  func proxyUnknown() async throws {
    var proxied = try request("http://host.test/")
    proxied.proxy = .proxy(try HTTPProxy("no-such-proxy.invalid:3128"))
    let error = await HTTPClient().start(proxied).all().error
    #expect(error == .proxy(name: "no-such-proxy.invalid:3128", reason: "its name could not be found"))
  }

  @Test("The environment's proxy is used, except for this machine and where NO_PROXY says so")
  func environment() async throws {
    let port = try closedPort()
    let server = try FaultServer { _ in .respond(200) }
    let proxies = ProxyEnvironment(["http_proxy": "http://127.0.0.1:\(port)", "NO_PROXY": "direct.invalid"])
    let client = HTTPClient(.init(proxies: proxies))
    let proxied = await client.start(try request("http://host.invalid/")).all()
    #expect(proxied.error == .proxy(name: "127.0.0.1:\(port)", reason: "refused"))
    let direct = await client.start(try request("http://direct.invalid/")).all()
    #expect(direct.error == .resolve(host: "direct.invalid"))
    let local = await client.start(try request(server.url())).all()
    #expect(local.head?.status == 200)
  }

  @Test("A proxy on the server's own host is told apart by its port", arguments: [true, false])
  func sameHost(isProxyGone: Bool) async throws {
    let server = try FaultServer { _ in .respond(200) }
    let port = try closedPort()
    var proxied = try request("http://127.0.0.1:\(isProxyGone ? server.port : port)/")
    proxied.proxy = .proxy(try HTTPProxy("http://127.0.0.1:\(isProxyGone ? port : server.port)"))
    let error = await HTTPClient().start(proxied).all().error
    #expect(error == (isProxyGone ? .proxy(name: "127.0.0.1:\(port)", reason: "refused") : nil))
  }

  @Test("A request that wants no proxy gets none, and hosts that are named are reached directly")
  func switchedOff() async throws {
    let port = try closedPort()
    let proxies = ProxyEnvironment(["http_proxy": "http://127.0.0.1:\(port)", "NO_PROXY": "elsewhere.invalid"])
    let client = HTTPClient(.init(proxies: proxies))
    var unproxied = try request("http://host.invalid/")
    unproxied.proxy = .none
    #expect(await client.start(unproxied).all().error == .resolve(host: "host.invalid"))
    for hosts in [["*"], ["host.invalid"], [".invalid"], ["other", "invalid"]] {
      var named = try request("http://host.invalid/")
      named.directHosts = hosts
      #expect(await client.start(named).all().error == .resolve(host: "host.invalid"), "\(hosts)")
    }
    var other = try request("http://host.invalid/")
    other.directHosts = ["ost.invalid"]
    #expect(await client.start(other).all().error == .proxy(name: "127.0.0.1:\(port)", reason: "refused"))
  }

  @Test("Which variable counts for which scheme")
  func variables() {
    let both = ProxyEnvironment(["HTTPS_PROXY": "b:2", "HTTP_PROXY": "evil:1", "ALL_PROXY": "c:3"])
    let none = ProxyEnvironment(["https_proxy": "", "all_proxy": "not an address"])
    #expect(both == ProxyEnvironment(["https_proxy": "b:2", "http_proxy": "c:3"]))
    #expect(none == .none)
  }

  @Test(
    "A proxy's name leaves out its password",
    arguments: [
      ("http://user:canary@proxy.test:3128", "proxy.test:3128"), ("proxy.test:3128", "proxy.test:3128"),
      ("socks5h://u:canary@[::1]:1080/x", "[::1]:1080"), ("http://u:c@nary@proxy.test", "proxy.test"),
    ])
  func proxyName(address: String, name: String) throws {
    let proxy = try HTTPProxy(address)
    #expect(proxy.name == name)
    var text = "\(proxy)"
    dump(proxy, to: &text)
    #expect(text.contains(name) && !text.contains("nary"))
  }

  @Test("An address that is none is refused", arguments: ["", "http://", "a b", "http://user@:1", "host\n"])
  func badProxy(address: String) {
    #expect(throws: TransportError.self) { try HTTPProxy(address) }
  }
}
