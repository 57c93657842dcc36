// One easy handle with everything it points to, and options and measurements as Swift values. Lives on the network's thread.

import CCurl

/// Owns an easy handle, the request's bytes and header lines, and the buffer for error texts.
struct CurlHandle: ~Copyable {
  let library: OpaquePointer
  let easy: UnsafeMutableRawPointer
  private let errorText: UnsafeMutablePointer<CChar>
  private var headerLines: UnsafeMutablePointer<curl_slist>?
  private var body: UnsafeMutableRawBufferPointer?
  private var hasFailed = false

  init?(_ library: OpaquePointer) {
    guard let easy = ccurl_easy_new(library) else { return nil }
    self.library = library
    self.easy = easy
    errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
    errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    ccurl_set_pointer(library, easy, CURLOPT_ERRORBUFFER, errorText)
  }

  deinit {
    ccurl_easy_free(library, easy)
    ccurl_list_free(library, headerLines)
    body?.deallocate()
    errorText.deallocate()
  }

  /// Whether every option so far was accepted. An unknown option would be a hole, for example in the choice of protocols.
  var isSound: Bool { !hasFailed }

  mutating func set(_ option: CURLoption, _ value: Int) { note(ccurl_set_long(library, easy, option, value)) }

  mutating func set(_ option: CURLoption, _ value: String) { note(ccurl_set_string(library, easy, option, value)) }

  mutating func allowHTTPOnly() { note(ccurl_allow_http_only(library, easy)) }

  mutating func closeOnExec() { note(ccurl_close_on_exec(library, easy)) }

  mutating func setCallback(
    _ option: CURLoption, _ callback: @escaping ccurl_data_callback, _ userOption: CURLoption,
    _ user: UnsafeMutableRawPointer
  ) {
    note(ccurl_set_data_callback(library, easy, option, callback, userOption, user))
  }

  mutating func setOwner(_ owner: UnsafeMutableRawPointer) {
    note(ccurl_set_pointer(library, easy, CURLOPT_PRIVATE, owner))
  }

  /// Adds a header line; libcurl copies it.
  mutating func addHeaderLine(_ line: String) {
    guard let list = ccurl_list_append(library, headerLines, line) else {
      hasFailed = true
      return
    }
    headerLines = list
  }

  mutating func applyHeaderLines() { note(ccurl_set_list(library, easy, CURLOPT_HTTPHEADER, headerLines)) }

  /// Copies the bytes to where they stay until the handle is freed: libcurl reads them from there.
  mutating func setBody(_ bytes: [UInt8]) {
    // One byte at least: a null pointer would mean "read from the input function".
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, bytes.count), alignment: 1)
    buffer.copyBytes(from: bytes)
    body?.deallocate()
    body = buffer
    note(ccurl_set_long(library, easy, CURLOPT_POST, 1))
    note(ccurl_set_offset(library, easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(bytes.count)))
    note(ccurl_set_pointer(library, easy, CURLOPT_POSTFIELDS, buffer.baseAddress))
  }

  func long(_ info: CURLINFO) -> Int {
    var value = 0
    return ccurl_get_long(library, easy, info, &value) == CURLE_OK ? value : 0
  }

  func offset(_ info: CURLINFO) -> Int64 {
    var value: curl_off_t = 0
    return ccurl_get_offset(library, easy, info, &value) == CURLE_OK ? Int64(value) : 0
  }

  /// libcurl's own words for the failure: the detailed ones, else those for the code.
  func describe(_ code: CURLcode) -> String {
    let detail = String(cString: errorText)
    return detail.isEmpty ? String(cString: ccurl_describe(library, code)) : detail
  }

  private mutating func note(_ code: CURLcode) {
    if code != CURLE_OK { hasFailed = true }
  }
}
