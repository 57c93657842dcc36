// Signatures against data computed by others: botocore's signer for the requests riffle makes, and AWS's published suite.

import Diagnostics
import Framing
import TestSupport
import Testing
import Transport

@testable import Providers

/// A case of the wire vectors.
struct WireSignature: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let value: JSONValue

  static let all: [WireSignature] = {
    guard let bytes = TestSupport.Vectors.wireBytes("sigv4/cases.json"),
      case .success(let file) = JSONParser.parse(bytes)
    else { return [] }
    return (file["cases"]?.array ?? []).map { WireSignature(testDescription: $0["name"]?.string ?? "", value: $0) }
  }()
}

/// A case of the published suite: a request as text.
struct PublishedSignature: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let value: JSONValue

  static let all: [PublishedSignature] = {
    guard let bytes = TestSupport.Vectors.bytes("sigv4/cases.json"), case .success(let file) = JSONParser.parse(bytes)
    else { return [] }
    return (file["cases"]?.array ?? []).map { PublishedSignature(testDescription: $0["name"]?.string ?? "", value: $0) }
  }()

  /// The request's parts. A folded header, which HTTP/1.1 does not know any more, is unfolded.
  var request: (method: String, target: String, headers: [(String, String)], body: String) {
    let text = value["request"]?.string ?? ""
    let end = text.firstRange(of: "\n\n")
    let body = end.map { String(text[$0.upperBound...]) } ?? ""
    var lines = (end.map { text[..<$0.lowerBound] } ?? text[...]).split(separator: "\n").map(String.init)
    let first = lines.removeFirst()
    let target = first.dropFirst(first.prefix { $0 != " " }.count + 1).dropLast(" HTTP/1.1".count)
    var headers: [(String, String)] = []
    for line in lines {
      if line.hasPrefix(" "), let last = headers.popLast() {
        headers.append((last.0, last.1 + " " + line))
      } else {
        let name = line.prefix { $0 != ":" }
        headers.append((String(name), String(line.dropFirst(name.count + 1))))
      }
    }
    return (String(first.prefix { $0 != " " }), String(target), headers, body)
  }
}

@Suite("Signature Version 4")
struct AWSSignatureTests {
  @Test("Digests are those of the standards")
  func digests() throws {
    #expect(
      Digests.hexadecimal(try Digests.sha256([])) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    #expect(
      Digests.hexadecimal(try Digests.sha256(Array("abc".utf8)))
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(Digests.hexadecimal(try Digests.sha1(Array("abc".utf8))) == "a9993e364706816aba3e25717850c26c9cd0d89d")
    // RFC 4231, test case 2; and a key that is not there.
    #expect(
      Digests.hexadecimal(
        try Digests.hmacSHA256(Array("what do ya want for nothing?".utf8), key: Array("Jefe".utf8)))
        == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
    #expect(
      Digests.hexadecimal(try Digests.hmacSHA256([], key: []))
        == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad")
  }

  @Test(
    "Every step of a signature is botocore's", .enabled(if: TestSupport.Vectors.wireFolder != nil, Vectors.absence),
    arguments: WireSignature.all)
  func wire(_ vector: WireSignature) throws {
    let input = try #require(vector.value["input"])
    let expect = try #require(vector.value["expect"])
    let url = try HTTPURL(try #require(input["url"]?.string))
    let target = try #require(input["wirePathAndQuery"]?.string)
    let signature = try SignatureV4(
      SignatureV4.Input(
        method: try #require(input["method"]?.string), target: target, host: url.authority,
        headers: (input["headers"]?.array ?? []).map { ($0[0]?.string ?? "", Secret($0[1]?.string ?? "")) },
        body: Array((input["body"]?.string ?? "").utf8)),
      keys: AWSKeys(
        accessKeyID: try #require(input["accessKeyId"]?.string),
        secretAccessKey: Secret(try #require(input["secretAccessKey"]?.string)),
        sessionToken: input["sessionToken"]?.string.map { Secret($0) }),
      region: try #require(input["region"]?.string), service: try #require(input["service"]?.string),
      time: try #require(Self.seconds(input["timestamp"]?.string)))
    #expect(signature.canonicalURI == expect["canonicalURI"]?.string)
    #expect(signature.canonicalQuery == expect["canonicalQuery"]?.string)
    #expect(signature.canonicalHeaders == expect["canonicalHeaders"]?.array?.compactMap(\.string))
    #expect(signature.signedHeaders == expect["signedHeaders"]?.string)
    #expect(signature.payloadHash == expect["payloadSHA256"]?.string)
    #expect(signature.canonicalRequest == expect["canonicalRequest"]?.string)
    #expect(signature.canonicalRequestHash == expect["canonicalRequestSHA256"]?.string)
    #expect(signature.stringToSign == expect["stringToSign"]?.string)
    #expect(Digests.hexadecimal(signature.signingKey) == expect["signingKeyHex"]?.string)
    #expect(signature.signature == expect["signature"]?.string)
    #expect(signature.authorization.withExposed { $0 } == expect["authorization"]?.string)
    let toSend = try #require(expect["headersToSend"])
    #expect(signature.date == toSend["X-Amz-Date"]?.string)
    #expect(signature.sessionToken?.withExposed { $0 } == toSend["X-Amz-Security-Token"]?.string)
    #expect(signature.authorization.withExposed { $0 } == toSend["Authorization"]?.string)
  }

  @Test("There are twenty cases of botocore's", .enabled(if: TestSupport.Vectors.wireFolder != nil, Vectors.absence))
  func wireCount() { #expect(WireSignature.all.count == 20) }

  @Test(
    "The published suite holds",
    .enabled(if: TestSupport.Vectors.folder != nil, "the published vectors are not beside the checkout"),
    arguments: PublishedSignature.all)
  func published(_ vector: PublishedSignature) throws {
    let context = try #require(vector.value["context"])
    let (method, target, headers, body) = vector.request
    var signed = headers.filter { $0.0.lowercased() != "host" }.map { ($0.0, Secret($0.1)) }
    if context["sign_body"]?.bool == true {
      signed.append(("x-amz-content-sha256", Secret(Digests.hexadecimal(try Digests.sha256(Array(body.utf8))))))
    }
    // One case adds the token after signing. riffle always signs it; without it the signature must be the same.
    let isTokenSigned = context["omit_session_token"]?.bool != true
    let signature = try SignatureV4(
      SignatureV4.Input(
        method: method, target: target, host: "example.amazonaws.com", headers: signed, body: Array(body.utf8),
        normalizesPath: context["normalize"]?.bool != false),
      keys: AWSKeys(
        accessKeyID: try #require(context["credentials"]?["access_key_id"]?.string),
        secretAccessKey: Secret(try #require(context["credentials"]?["secret_access_key"]?.string)),
        sessionToken: isTokenSigned ? context["credentials"]?["token"]?.string.map { Secret($0) } : nil),
      region: try #require(context["region"]?.string), service: try #require(context["service"]?.string),
      time: try #require(AWSTime.seconds(context["timestamp"]?.string ?? "")))
    // The suite's text leaves the empty line after the headers out of some files; it is in all that were signed.
    #expect(signature.canonicalRequest == vector.value["header-canonical-request"]?.string)
    #expect(signature.stringToSign == vector.value["header-string-to-sign"]?.string)
    #expect(signature.signature == vector.value["header-signature"]?.string)
  }

  @Test(
    "There are thirty-eight cases of the published suite; presigned addresses, which are in it too, are never made",
    .enabled(if: TestSupport.Vectors.folder != nil, "the published vectors are not beside the checkout"))
  func publishedCount() { #expect(Set(PublishedSignature.all.map(\.testDescription)).count == 38) }

  @Test(
    "A percent sign of the path is encoded once more",
    arguments: [
      (
        "/test/@connections/JBDvjfGEIAMCERw%3D", "/test/%40connections/JBDvjfGEIAMCERw%253D"
      ),
      (
        "/2015-03-31/functions/arn%3Aaws%3Alambda%3Aus-west-2%3A892717189312%3Afunction%3Amy-rusty-fun/invocations",
        "/2015-03-31/functions/arn%253Aaws%253Alambda%253Aus-west-2%253A892717189312%253Afunction%253Amy-rusty-fun/invocations"
      ), ("?a=1", "/"),
    ])
  func doubleEncoding(target: String, canonical: String) throws {
    let signature = try Self.signature(target: target)
    #expect(signature.canonicalURI == canonical)
  }

  @Test("Header values are squeezed, joined in order, and headers that are changed on the way are left out")
  func headers() throws {
    let signature = try Self.signature(headers: [
      ("X-Amz-B", "2"), ("x-amz-b", " 1 \t 3 "), ("Connection", "close"), ("X-Amz-Empty", ""), ("Authorization", "no"),
    ])
    #expect(
      signature.canonicalHeaders == [
        "host:example.amazonaws.com", "x-amz-b:2,1 3", "x-amz-date:20150830T123600Z", "x-amz-empty:",
      ])
  }

  @Test("A signature shows neither keys nor tokens, however it is printed")
  func secrecy() throws {
    let signature = try Self.signature(token: "TOKEN-HUSH")
    var dumped = ""
    dump(signature, to: &dumped)
    dump(AWSKeys(accessKeyID: "id", secretAccessKey: Secret("KEY-HUSH")), to: &dumped)
    for text in ["\(signature)", String(reflecting: signature), dumped] {
      #expect(!text.contains("HUSH"))
      #expect(!text.contains(signature.signature))
    }
  }

  @Test(
    "Times are written without a calendar",
    arguments: [
      (0, "19700101T000000Z"), (951_782_400, "20000229T000000Z"), (1_440_938_160, "20150830T123600Z"),
      (1_751_630_400, "20250704T120000Z"), (1_735_689_599, "20241231T235959Z"), (4_107_542_399, "21000228T235959Z"),
      (-1, "19700101T000000Z"), (Int64.max, "99991231T235959Z"),
    ])
  func times(seconds: Int64, text: String) {
    #expect(AWSTime.basic(seconds) == text)
    if seconds >= 0, seconds < 253_402_300_800 { #expect(AWSTime.seconds(AWSTime.extended(seconds)) == seconds) }
  }

  @Test("Times are read in the forms of AWS's own files")
  func readTimes() {
    #expect(AWSTime.seconds("2025-07-04T12:00:00Z") == 1_751_630_400)
    #expect(AWSTime.seconds("2025-07-04T12:00:00UTC") == 1_751_630_400)
    #expect(AWSTime.seconds("2025-07-04T14:00:00+02:00") == 1_751_630_400)
    #expect(AWSTime.seconds("2025-07-04T12:00:00.123Z") == 1_751_630_400)
    for text in ["", "UTC", "yesterday", "2025-07-04", "2025-07-04T12:00:00", "2025-13-04T12:00:00Z"] {
      #expect(AWSTime.seconds(text) == nil)
    }
  }

  private static func signature(
    target: String = "/", headers: [(String, String)] = [], token: String? = nil
  ) throws -> SignatureV4 {
    try SignatureV4(
      SignatureV4.Input(
        method: "GET", target: target, host: "example.amazonaws.com", headers: headers.map { ($0.0, Secret($0.1)) }),
      keys: AWSKeys(
        accessKeyID: "AKIDEXAMPLE", secretAccessKey: Secret("KEY-HUSH"), sessionToken: token.map { Secret($0) }),
      region: "us-east-1", service: "service", time: 1_440_938_160)
  }

  /// `20250704T120000Z`.
  private static func seconds(_ basic: String?) -> Int64? {
    guard let text = basic.map({ Array($0) }), text.count == 16 else { return nil }
    func part(_ range: Range<Int>) -> String { String(text[range]) }
    return AWSTime.seconds(
      "\(part(0..<4))-\(part(4..<6))-\(part(6..<8))T\(part(9..<11)):\(part(11..<13)):\(part(13..<15))Z")
  }
}
