import Diagnostics
import Framing
import Streaming
import Testing
import Transport

@testable import Providers

@Suite("Errors in any shape")
struct ErrorTests {
  @Test(
    "The words are found wherever they stand",
    arguments: [
      (#"{"error":{"message":"w","type":"t","code":"c"}}"#, "w"), (#"{"error":"w"}"#, "w"), (#"{"message":"w"}"#, "w"),
      (#"{"detail":"w"}"#, "w"), (#"{"detail":[{"loc":["body",0,"x"],"msg":"w","type":"t"}]}"#, "body.0.x: w"),
      (#"[{"error":{"message":"w"}}]"#, "w"), (#"{"errors":[{"message":"w"}]}"#, "w"),
      (#"{"__type":"T","Message":"w"}"#, "w"),
      (#"{"error":"invalid_request","error_description":"w"}"#, "w"), ("<html>\n<TITLE> w </TITLE>", "w"),
      ("<Error><Code>c</Code><Message>w</Message></Error>", "w"), ("just w", "just w"), ("", ""), ("\"w\"", "w"),
      (
        #"{"error":{"message":"Provider returned error","metadata":{"raw":"{\"error\":{\"message\":\"w\"}}"}}}"#,
        "Provider returned error: w"
      ),
      (#"{"detail":{"message":"w"}}"#, "w"), (#"{"error":{"code":500,"message":"w","type":"server_error"}}"#, "w"),
      ("[[[]]]", ""), ("null", ""),
    ])
  func words(body: String, message: String) {
    #expect(ErrorBody(Array(body.utf8)).message == message)
  }

  private func headers(_ pairs: [String: String]) throws -> HTTPHeaders {
    var headers = HTTPHeaders()
    for (name, value) in pairs { try headers.add(name, value) }
    return headers
  }

  @Test(
    "A wait is read in every form",
    arguments: [
      (["retry-after": "7"], 7000), (["Retry-After": " 1.5 "], 1500),
      (["retry-after-ms": "5400", "retry-after": "6"], 5400),
      (["retry-after-ms": "0.25"], 1), (["retry-after": "0"], 0), (["retry-after": "-3"], nil),
      (["retry-after": "1e300"], nil),
      (["retry-after": "nan"], nil), (["retry-after": "soon"], nil),
      (["retry-after": "Sun, 06 Nov 1994 08:49:47 GMT", "date": "Sun, 06 Nov 1994 08:49:37 GMT"], 10_000),
      (["retry-after": "Sunday, 06-Nov-94 08:49:47 GMT", "date": "Sun Nov  6 08:49:37 1994"], 10_000),
      (["retry-after": "Sun, 06 Nov 1994 08:49:42 GMT"], 5000), (["retry-after": "Sun, 06 Nov 1994 08:49:30 GMT"], nil),
      (["x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "1h2m3.5s"], 3_723_500),
      (
        [
          "x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "120ms",
          "x-ratelimit-remaining-requests": "3", "x-ratelimit-reset-requests": "6m0s",
        ], 120
      ),
      (
        ["anthropic-ratelimit-tokens-remaining": "0", "anthropic-ratelimit-tokens-reset": "1994-11-06T09:49:47+01:00"],
        10_000
      ),
      ([:], nil),
    ] as [([String: String], Int?)])
  func waits(fields: [String: String], milliseconds: Int?) throws {
    // Sun, 06 Nov 1994 08:49:37 GMT
    let now: Int64 = 784_111_777
    #expect(RetryHint.milliseconds(in: try headers(fields), isRateLimit: true, now: now) == milliseconds)
  }

  @Test(
    "A reset as a point in time counts from now, in seconds or milliseconds",
    arguments: ["1700000010", "1700000010000"])
  func resets(text: String) throws {
    let fields = try headers(["x-ratelimit-remaining": "0", "x-ratelimit-reset": text])
    #expect(RetryHint.milliseconds(in: fields, isRateLimit: true, now: 1_700_000_000) == 10_000)
    #expect(RetryHint.milliseconds(in: fields, isRateLimit: false, now: 1_700_000_000) == nil)
  }

  @Test(
    "A sum of units is a duration",
    arguments: [
      ("6m0s", 360_000), ("120ms", 120), ("2m59.56s", 179_560), ("34.07s", 34_070), ("1h", 3_600_000), ("", nil),
      ("5", nil), ("s", nil),
      ("1.2.3s", nil), ("999999999h", nil),
    ] as [(String, Int?)])
  func durations(text: String, milliseconds: Int?) {
    #expect(RetryHint.duration(text) == milliseconds)
  }

  @Test(
    "A wait in a sentence is a fallback",
    arguments: [
      ("Please try again in 6s. Contact us", 6000), ("try again in 120ms", 120), ("Try again in 1m30s", 90_000),
      ("try again in 20 seconds", 20_000), ("try again in 2 minutes", 120_000), ("try again later", nil),
      ("try again in a while", nil),
    ] as [(String, Int?)])
  func sentences(words: String, milliseconds: Int?) {
    #expect(RetryHint.milliseconds(in: words) == milliseconds)
  }

  @Test(
    "Too long a conversation is recognised in everybody's words",
    arguments: [
      ("prompt is too long: 210000 tokens > 200000 maximum", 10_000),
      ("input length and `max_tokens` exceed context limit: 199000 + 4000 > 200000", 3000),
      ("This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 tokens", 808),
      ("The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).", 151_424),
      ("Input is too long for requested model.", nil), ("the request exceeds the available context size", nil),
    ] as [(String, Int?)])
  func overflow(words: String, overBy: Int?) {
    var report = ErrorBody()
    report.message = words
    #expect(ErrorClass(status: 400, report: report) == .contextOverflow(overBy: overBy))
  }

  @Test("llama.cpp names both sizes")
  func llamaOverflow() {
    let body = ErrorBody(
      Array(
        #"{"error":{"code":400,"message":"m","type":"exceed_context_size_error","n_prompt_tokens":5000,"n_ctx":4096}}"#
          .utf8))
    #expect(ErrorClass(status: 400, report: body) == .contextOverflow(overBy: 904))
  }

  @Test(
    "A name says what happened where there is no status",
    arguments: [
      ("server_error", true), ("InternalServerError", true), ("rate_limit_exceeded", true), ("overloaded_error", true),
      ("timeout", true),
      ("ServiceUnavailable", true), ("invalid_request_error", false), ("insufficient_quota", false),
      ("authentication_error", false), ("odd", false),
    ])
  func names(type: String, isRetryable: Bool) {
    var report = ErrorBody()
    report.type = type
    #expect(ErrorClass(inStream: report).isRetryable == isRetryable)
  }

  @Test("Long words are cut, and keys in them are masked")
  func bounds() {
    let long = String(repeating: "x", count: 5_000)
    #expect(ForeignWords.bounded(long).count == ForeignWords.maximumCharacters + 1)
    #expect(ForeignWords.masked("Incorrect API key: sk-proj-abcdefghijklmnop. See") == "Incorrect API key: sk-••• See")
    #expect(ForeignWords.masked("a task-list is fine, ask-me too") == "a task-list is fine, ask-me too")
    #expect(ForeignWords.masked("Bearer abcdefghijklmnopqrst!") == "Bearer •••!")
  }

  @Test("A request id is found in the usual headers")
  func requestIDs() throws {
    #expect(HTTPFailure.requestID(in: try headers(["Request-Id": "a"])) == "a")
    #expect(HTTPFailure.requestID(in: try headers(["x-amzn-RequestId": "b"])) == "b")
    #expect(HTTPFailure.requestID(in: try headers(["x-other": "c"])) == nil)
  }
}
