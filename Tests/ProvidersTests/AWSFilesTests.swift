import Framing
import Testing

@testable import Providers

@Suite("AWS's shared files")
struct AWSFilesTests {
  private static let sample = """
    # a comment
    ; another
    [default]
    region = eu-west-1
    [profile dev]
    Region=us-east-2
      output =  json
    role_arn = arn:aws:iam::1:role/x = y
    s3 =
      max_concurrent_requests = 20
      region = nested
    after = # not a comment
    empty =
    no equals sign
    [profile "my dev"]
    aws_access_key_id = AKIA
    [ sso-session   corp ]
    sso_region = eu-central-1
    [profile dev]
    region = us-west-2
    [broken
    region = nowhere
    """

  private static func file(_ text: String) -> AWSConfigurationFile { AWSConfigurationFile(Array(text.utf8)) }

  @Test("Sections and keys are read as AWS's own tools read them", arguments: ["\n", "\r\n"])
  func sections(lineEnd: String) {
    let text =
      "\u{FEFF}" + Self.sample.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: lineEnd)
    let file = Self.file(text)
    #expect(Set(file.sections.keys) == ["default", "profile dev", "profile my dev", "sso-session corp"])
    let dev = file.sections["profile dev"]
    #expect(dev?["region"] == "us-west-2")
    #expect(dev?["REGION"] == "us-west-2")
    #expect(dev?["role_arn"] == "arn:aws:iam::1:role/x = y")
    #expect(dev?["after"] == "# not a comment")
    #expect(dev?["empty"] == nil)
    #expect(dev?["max_concurrent_requests"] == nil)
    #expect(dev?["no equals sign"] == nil)
    #expect(file.sections["profile my dev"]?["aws_access_key_id"] == "AKIA")
    #expect(file.sections["sso-session corp"]?["sso_region"] == "eu-central-1")
  }

  @Test("Keys may all be indented")
  func indented() {
    let file = Self.file("[default]\n  aws_access_key_id = a\n  aws_secret_access_key = b\n\t\t\tnested = c\n")
    #expect(file.sections["default"]?["aws_access_key_id"] == "a")
    #expect(file.sections["default"]?["aws_secret_access_key"] == "b")
    #expect(file.sections["default"]?["nested"] == nil)
  }

  @Test("A file shows no values")
  func secrecy() {
    let file = Self.file("[default]\naws_secret_access_key = HUSH\n")
    var dumped = ""
    dump(file, to: &dumped)
    #expect(!"\(file)\(dumped)".contains("HUSH"))
  }

  @Test("Both files make a profile, and the credentials file wins")
  func merged() {
    let world = AWSWorld(
      files: [
        "/home/ada/.aws/config": "[default]\nregion = r-1\n[profile a]\naws_access_key_id = c\nregion = r-2\n[x y]\n",
        "/home/ada/.aws/credentials": "[a]\naws_access_key_id = s\n[b]\n",
      ])
    let profiles = AWSProfiles(world.surroundings)
    #expect(profiles.names == ["a", "b", "default"])
    #expect(profiles["a"]["aws_access_key_id"] == "s")
    #expect(profiles["a"]["region"] == "r-2")
    #expect(profiles["default"]["region"] == "r-1")
    #expect(!profiles["c"].isPresent)
  }

  @Test("Files are found where variables say, and a home folder may be left out")
  func places() {
    let world = AWSWorld(
      variables: ["AWS_CONFIG_FILE": "~/other", "AWS_SHARED_CREDENTIALS_FILE": "/etc/keys"],
      files: ["/home/ada/other": "[profile p]\nregion = x\n", "/etc/keys": "[q]\n"])
    #expect(AWSProfiles(world.surroundings).names == ["p", "q"])
  }

  @Test(
    "Words are split as a shell splits them",
    arguments: [
      ("a b", ["a", "b"]), ("  a\t b  ", ["a", "b"]), (#"a 'b c' "d e""#, ["a", "b c", "d e"]),
      (#"a\ b \'c"#, ["a b", "'c"]), (#""a\"b" "c\d" "e\\f""#, [#"a"b"#, #"c\d"#, #"e\f"#]),
      (#"'a\b'"#, [#"a\b"#]), (#"x''y"#, ["xy"]), (#"'' """#, ["", ""]), ("", []),
      ("$HOME `id` *", ["$HOME", "`id`", "*"]),
      ("ä 'ö ü'", ["ä", "ö ü"]),
    ])
  func words(text: String, words: [String]) {
    #expect(CommandWords.split(text) == words)
  }

  @Test("A quotation or an escape without its end is no line", arguments: ["'a", "\"a", "a\\", "\"a\\"])
  func unfinishedWords(text: String) {
    #expect(CommandWords.split(text) == nil)
  }

  @Test("The texts of an answer are found by where they stand")
  func xml() throws {
    let text = """
      <?xml version="1.0"?><!-- <Credentials> -->
      <AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
        <AssumeRoleResult><AssumedRoleUser><Arn>arn</Arn></AssumedRoleUser>
          <Credentials><AccessKeyId> ASIA </AccessKeyId><SecretAccessKey>a&amp;b&lt;&#x41;&#66;&gt;&quot;&apos;&nope;&</SecretAccessKey>
            <SessionToken><![CDATA[t<&>]]>=</SessionToken><Expiration/><Empty></Empty></Credentials>
        </AssumeRoleResult></AssumeRoleResponse>
      """
    let leaves = try #require(XMLLeaves(Array(text.utf8)))
    #expect(leaves["Credentials/AccessKeyId"] == "ASIA")
    #expect(leaves["Credentials/SecretAccessKey"] == "a&b<AB>\"'&nope;&")
    #expect(leaves["Credentials/SessionToken"] == "t<&>=")
    #expect(leaves["Credentials/Empty"] == "")
    #expect(leaves["AssumedRoleUser/Arn"] == "arn")
    #expect(leaves["Credentials/Expiration"] == nil)
    #expect(leaves["Result/Arn"] == nil)
  }

  @Test(
    "What is no XML gives nothing",
    arguments: [
      "<a>", "<a></b>", "</a>", "<a", "<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>", "<![CDATA[x", "<!-- ", "<? ", "< >",
      String(repeating: "<a>", count: 40) + String(repeating: "</a>", count: 40),
      "<a>" + String(repeating: "x", count: 70_000) + "</a>",
    ])
  func brokenXML(text: String) {
    #expect(XMLLeaves(Array(text.utf8)) == nil)
  }

  @Test("No bytes stop the readers", arguments: 1...40)
  func total(seed: UInt64) {
    var numbers = SeededNumbers(seed: seed)
    let seeds = [Self.sample, "<a><b>x&amp;</b></a>", #"a 'b' "c\"" \d"#]
    for text in seeds {
      var bytes = Array(text.utf8)
      for _ in 0..<Int.random(in: 1...8, using: &numbers) {
        let place = Int.random(in: 0..<bytes.count, using: &numbers)
        switch Int.random(in: 0...2, using: &numbers) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &numbers)
        case 1: bytes.removeSubrange(place...)
        default: bytes.insert(UInt8.random(in: 0...255, using: &numbers), at: place)
        }
        if bytes.isEmpty { bytes = [0x5B] }
      }
      _ = AWSConfigurationFile(bytes)
      _ = XMLLeaves(bytes)
      _ = CommandWords.split(String(decoding: bytes, as: UTF8.self))
      _ = AWSSSOToken(bytes)
    }
  }

  @Test("Long files are read in linear time")
  func linear() {
    let line = Array("[profile x]\n k = v\n".utf8)
    let bytes = Array(repeatElement(line, count: 50_000).joined())
    #expect(AWSConfigurationFile(bytes).sections.count == 1)
    #expect(
      XMLLeaves(Array("<a>".utf8) + Array(repeating: UInt8(ascii: "&"), count: 60_000) + Array("</a>".utf8)) != nil)
  }
}
