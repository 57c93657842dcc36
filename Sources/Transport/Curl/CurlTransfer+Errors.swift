// What libcurl's codes mean, as `TransportError`s. Codes and their circumstances were measured with libcurl 7.88.

import CCurl

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

extension CurlTransfer {
  /// The error for a deadline or for silence after the machine slept.
  func error(for expiry: DeadlineTracker.Expiry) -> TransportError {
    let host = request.url.host
    switch expiry {
    case .deadline(let deadline):
      return .timedOut(deadline, phase: deadlines.phase, host: host, after: deadlines.length(of: deadline))
    case .silentSinceSleep:
      return hasHead ? .truncated(host: host, cause: .machineSlept) : .reset(host: host)
    }
  }

  /// The error for a result code; nil if it all went well.
  func error(for code: CURLcode, note: OpaquePointer?) -> TransportError? {
    if let abortCause { return abortCause }
    let host = request.url.host
    switch code {
    case CURLE_OK:
      // libcurl finds nothing wrong with a connection that was closed within the headers.
      return hasHead ? nil : .reset(host: host)
    case CURLE_UNSUPPORTED_PROTOCOL, CURLE_WEIRD_SERVER_REPLY:
      // The first is also how an answer without a status line (HTTP/0.9) ends.
      return .protocolViolation(host: host, detail: handle.describe(code))
    case CURLE_URL_MALFORMAT:
      return .invalidURL(reason: handle.describe(code))
    case CURLE_COULDNT_RESOLVE_HOST:
      return .resolve(host: host)
    case CURLE_COULDNT_RESOLVE_PROXY:
      return proxyError("its name could not be found")
    case CURLE_PROXY:
      return proxyError(handle.describe(code))
    case CURLE_COULDNT_CONNECT:
      return connectError(code)
    case CURLE_OPERATION_TIMEDOUT:
      return .timedOut(.connect, phase: deadlines.phase, host: host, after: deadlines.length(of: .connect))
    case CURLE_PARTIAL_FILE:
      return .truncated(host: host, cause: .closedEarly)
    case CURLE_HTTP2_STREAM:
      return hasHead ? .truncated(host: host, cause: .streamReset) : .reset(host: host)
    case CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_GOT_NOTHING, CURLE_HTTP2:
      return connectionLost(code)
    case CURLE_PEER_FAILED_VERIFICATION:
      return .tls(host: host, check: certificateCheck(code), issuer: issuer(note))
    case CURLE_SSL_CACERT_BADFILE:
      return .tls(host: host, check: .caFile(request.caFile ?? "of the system"), issuer: nil)
    case CURLE_SSL_CONNECT_ERROR:
      return handshakeError(code)
    case CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER, CURLE_SSL_ENGINE_NOTFOUND, CURLE_SSL_ISSUER_ERROR,
      CURLE_SSL_INVALIDCERTSTATUS, CURLE_SSL_CRL_BADFILE:
      return .tls(host: host, check: .other(handle.describe(code)), issuer: nil)
    case CURLE_BAD_CONTENT_ENCODING:
      return .protocolViolation(host: host, detail: "the compressed answer is damaged")
    case CURLE_OUT_OF_MEMORY where hasHead, Self.tooLarge where hasHead:
      // While a full box makes libcurl hold what it unpacks, this is its limit for that.
      return .tooLarge(.decompressed)
    case CURLE_OUT_OF_MEMORY, Self.tooLarge:
      return .outOfResources(detail: handle.describe(code))
    default:
      return hasHead
        ? .truncated(host: host, cause: .connectionLost)
        : .protocolViolation(host: host, detail: handle.describe(code))
    }
  }

  /// CURLE_TOO_LARGE, which older headers lack.
  private static let tooLarge = CURLcode(100)

  private func proxyError(_ reason: String) -> TransportError {
    .proxy(name: proxy?.name ?? "", reason: reason)
  }

  private func connectError(_ code: CURLcode) -> TransportError {
    let detail = handle.describe(code)
    let number = Int32(truncatingIfNeeded: handle.long(CURLINFO_OS_ERRNO))
    if [EMFILE, ENFILE, ENOMEM, ENOBUFS].contains(number) { return .outOfResources(detail: systemText(number)) }
    let reason = number == 0 ? detail : systemText(number)
    if isAboutProxy(detail) { return proxyError(reason) }
    return .connect(host: request.url.host, port: request.url.port, reason: reason)
  }

  private func connectionLost(_ code: CURLcode) -> TransportError {
    // The answer of a proxy to CONNECT; with 200 the tunnel stood, and what broke was behind it.
    let status = handle.long(CURLINFO_HTTP_CONNECTCODE)
    if status != 0 && status != 200 {
      return proxyError(status == 407 ? Self.wantsLogin : "it answered with status \(status)")
    }
    if hasHead { return .truncated(host: request.url.host, cause: .connectionLost) }
    return proxy != nil && deadlines.phase != .waiting && request.url.scheme == .https
      ? proxyError("it closed the connection") : .reset(host: request.url.host)
  }

  private func certificateCheck(_ code: CURLcode) -> TransportError.TLSCheck {
    // X509_V_ERR_… of OpenSSL's x509_vfy.h.
    switch handle.long(CURLINFO_SSL_VERIFYRESULT) {
    case 9: .notYetValid
    case 10: .expired
    case 18: .selfSigned
    case 2, 19, 20, 21, 27: .unknownIssuer
    case 23: .revoked
    case 62, 64: .wrongName
    // libcurl compares the name itself, after the chain was found good.
    // Before it has asked for the result, that is 1.
    case ...1 where handle.describe(code).contains("match"): .wrongName
    default: .other(handle.describe(code))
    }
  }

  private func handshakeError(_ code: CURLcode) -> TransportError {
    let detail = handle.describe(code)
    let host = request.url.host
    // No number tells these apart; the words are OpenSSL's and have been the same since 1.0.
    if detail.contains("wrong version number") || detail.contains("packet length too long") {
      return .tls(host: host, check: .notTLS, issuer: nil)
    }
    if detail.contains("protocol version") || detail.contains("unsupported protocol") {
      return .tls(host: host, check: .protocolVersion, issuer: nil)
    }
    if detail.contains("Connection reset") || detail.contains("SSL_ERROR_SYSCALL") || detail.contains("unexpected eof")
    {
      return .connect(host: host, port: request.url.port, reason: "it was closed during the TLS handshake")
    }
    return .tls(host: host, check: .other(detail), issuer: nil)
  }

  private func issuer(_ note: OpaquePointer?) -> String? {
    guard let note, let line = ccurl_note_issuer(note, request.url.host) else { return nil }
    let text = String(cString: line)
    // "/C=US/O=Example/CN=Example CA": the name at the end is what people know it by.
    guard let name = text.ranges(of: "/CN=").last else { return text }
    return String(text[name.upperBound...])
  }

  private func isAboutProxy(_ detail: String) -> Bool {
    guard let proxy else { return false }
    if detail.contains("proxy") { return true }
    // "Failed to connect to HOST port N after …": what was tried, unless NO_PROXY led past the proxy. Both may be on one
    // host; 1080 is libcurl's port for proxies without one.
    let port = proxy.port ?? 1080
    guard proxy.host == request.url.host else { return detail.lowercased().contains(" \(proxy.host) ") }
    return port != request.url.port && detail.contains(" port \(port) ")
  }

  private func systemText(_ number: Int32) -> String {
    switch number {
    case ECONNREFUSED: return "refused"
    case ENETUNREACH, EHOSTUNREACH: return "unreachable"
    case ETIMEDOUT: return "no answer"
    default: return String(cString: strerror(number))
    }
  }
}
