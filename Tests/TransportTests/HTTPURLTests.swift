import Testing
import Transport

@Suite("Addresses")
struct HTTPURLTests {
  @Test(
    "An address is taken apart and put together again",
    arguments: [
      ("http://127.0.0.1:8000/v1", "http 127.0.0.1 8000 /v1", "http://127.0.0.1:8000/v1"),
      ("https://API.Example.com", "https api.example.com 443 /", "https://api.example.com/"),
      ("HTTPS://example.com:443/a?b=c&d", "https example.com 443 /a?b=c&d", "https://example.com/a?b=c&d"),
      ("http://example.com:443?x", "http example.com 443 /?x", "http://example.com:443/?x"),
      ("http://[::1]:8080/x", "http ::1 8080 /x", "http://[::1]:8080/x"),
      ("https://example.com/a/../%2F//b", "https example.com 443 /a/../%2F//b", "https://example.com/a/../%2F//b"),
      ("https://example.com/ä", "https example.com 443 /%C3%A4", "https://example.com/%C3%A4"),
      ("https://example.com/a@b:c", "https example.com 443 /a@b:c", "https://example.com/a@b:c"),
    ])
  func parts(text: String, parts: String, description: String) throws {
    let url = try HTTPURL(text)
    #expect("\(url.scheme.rawValue) \(url.host) \(url.port) \(url.target)" == parts)
    #expect(url.description == description)
    #expect(try HTTPURL(url.description) == url)
  }

  @Test(
    "What is no address, or none that is safe, is refused with the reason",
    arguments: [
      ("", "empty"), ("example.com", "begin with"), ("ftp://example.com", "begin with"),
      ("file:///etc/passwd", "begin"),
      ("http:///x", "host is missing"), ("http://:80/", "host is missing"), ("http://user@host/", "user name"),
      ("http://user:pass@host/", "user name"), ("http://127.0.0.1@evil.test/", "user name"),
      ("http://host/a b", "space"), ("http://host/\r\nX: y", "control"), ("http://host/\0", "control"),
      ("http://host\\@evil.test/", "backslash"), ("http://host/#x", "fragment"), ("http://host:0/", "port"),
      ("http://host:65536/", "port"), ("http://host:+80/", "port"), ("http://host:/", "port"),
      ("http://[::1/", "bracket"), ("http://[evil]/", "IPv6"), ("http://[::1]x/", "port"),
      ("http://ho%73t/", "forbidden"),
      ("http://host/\(String(repeating: "a", count: 20_000))", "16 KiB"),
    ])
  func refused(text: String, reason: String) {
    do throws(TransportError) {
      _ = try HTTPURL(text)
      Issue.record("taken: \(text)")
    } catch {
      guard case .invalidURL(let words) = error else {
        Issue.record("\(error)")
        return
      }
      #expect(words.contains(reason))
    }
  }

  @Test(
    "Which hosts are this machine",
    arguments: [
      ("localhost", true), ("LOCALHOST", true), ("127.0.0.1", true), ("127.255.0.9", true), ("[::1]", true),
      ("127.0.0.1.evil.test", false), ("localhost.evil.test", false), ("127.1", false), ("127.0.0.256", false),
      ("127.0.0.01", false), ("2130706433", false), ("0.0.0.0", false), ("10.0.0.1", false), ("[::2]", false),
      ("[::ffff:7f00:1]", false), ("localhost.", false),
    ])
  func loopback(host: String, isLoopback: Bool) throws {
    #expect(try HTTPURL("http://\(host)/").isLoopback == isLoopback)
  }
}
