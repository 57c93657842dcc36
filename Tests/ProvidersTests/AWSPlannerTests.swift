import Diagnostics
import Streaming
import Testing

@testable import Providers

/// Variables and files, and the source they lead to.
struct AWSPlan: Sendable, CustomTestStringConvertible {
  let testDescription: String
  var variables: [String: String] = [:]
  /// `~/.aws/config`.
  var config = ""
  /// `~/.aws/credentials`.
  var credentials = ""
  var profile: String?
  /// What the source's words hold, or those of the error.
  let says: [String]
  var fails = false

  init(
    _ description: String, variables: [String: String] = [:], config: String = "", credentials: String = "",
    profile: String? = nil, says: [String], fails: Bool = false
  ) {
    testDescription = description
    self.variables = variables
    self.config = config
    self.credentials = credentials
    self.profile = profile
    self.says = says
    self.fails = fails
  }
}

private let keys = ["AWS_ACCESS_KEY_ID": "AKIAENV", "AWS_SECRET_ACCESS_KEY": "HUSH-ENV"]
private let dev = "[dev]\naws_access_key_id = AKIADEV\naws_secret_access_key = HUSH-DEV\n"
private let environment = "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
private let sso = """
  [profile s]
  sso_session = corp
  sso_account_id = 123456789012
  sso_role_name = Admin
  [sso-session corp]
  sso_start_url = https://corp.awsapps.com/start
  sso_region = eu-west-1

  """

@Suite("Where AWS credentials come from")
struct AWSPlannerTests {
  static let plans = [
    AWSPlan(
      "variables come first", variables: keys, credentials: "[default]\naws_access_key_id = x\n", says: [environment]),
    AWSPlan(
      "variables come before a profile of a variable", variables: keys.merging(["AWS_PROFILE": "dev"]) { $1 },
      credentials: dev, says: [environment]),
    AWSPlan(
      "an own profile comes before variables", variables: keys, credentials: dev, profile: "dev",
      says: ["profile dev in ~/.aws/credentials"]),
    AWSPlan(
      "empty variables are not set", variables: ["AWS_ACCESS_KEY_ID": "", "AWS_PROFILE": "dev"], credentials: dev,
      says: ["profile dev"]),
    AWSPlan(
      "an id without secret", variables: ["AWS_ACCESS_KEY_ID": "x"], says: ["AWS_SECRET_ACCESS_KEY is not"], fails: true
    ),
    AWSPlan(
      "a bad expiry", variables: keys.merging(["AWS_CREDENTIAL_EXPIRATION": "soon"]) { $1 },
      says: ["AWS_CREDENTIAL_EXPIRATION"], fails: true),
    AWSPlan(
      "the older variable for the profile", variables: ["AWS_DEFAULT_PROFILE": "dev"], credentials: dev,
      says: ["profile dev"]),
    AWSPlan(
      "the usual profile", credentials: "[default]\naws_access_key_id=x\naws_secret_access_key=y\n",
      says: ["profile default in ~/.aws/credentials"]),
    AWSPlan(
      "a profile that is not there", variables: ["AWS_PROFILE": "dve"], credentials: dev,
      says: ["dve", "AWS_PROFILE", "~/.aws/config", "~/.aws/credentials", "did you mean dev"], fails: true),
    AWSPlan(
      "an own profile that is not there", credentials: dev, profile: "nobody",
      says: ["nobody", "aws_profile in [providers.aws]"], fails: true),
    AWSPlan(
      "an id without secret in a file", credentials: "[default]\naws_access_key_id = x\n",
      says: ["profile default in ~/.aws/credentials", "no aws_secret_access_key"], fails: true),
    AWSPlan(
      "keys of the configuration file come last", config: "[default]\naws_access_key_id=x\naws_secret_access_key=y\n",
      says: ["profile default in ~/.aws/config"]),
    AWSPlan(
      "a process comes before them",
      config: "[default]\naws_access_key_id=x\naws_secret_access_key=y\ncredential_process = tool --get 'a b'\n",
      says: ["credential_process of the profile default (tool)"]),
    AWSPlan(
      "a process without its quote", config: "[default]\ncredential_process = tool 'a\n",
      says: ["profile default", "quote"], fails: true),
    AWSPlan(
      "a role with a source profile", config: "[profile r]\nrole_arn = arn:role\nsource_profile = dev\n",
      credentials: dev, profile: "r", says: ["role arn:role of the profile r", "assumed with the profile dev in"]),
    AWSPlan(
      "roles through roles",
      config:
        "[profile a]\nrole_arn = arn:a\nsource_profile = b\n[profile b]\nrole_arn = arn:b\nsource_profile = dev\n",
      credentials: dev, profile: "a",
      says: ["arn:a of the profile a, assumed with the role arn:b of the profile b, assumed with the profile dev"]),
    AWSPlan(
      "a circle of roles",
      config: "[profile a]\nrole_arn = arn:a\nsource_profile = b\n[profile b]\nrole_arn = arn:b\nsource_profile = a\n",
      profile: "a", says: ["circle", "a → b → a"], fails: true),
    AWSPlan(
      "a profile that names itself", config: "[profile dev]\nrole_arn = arn:a\nsource_profile = dev\n",
      credentials: dev, profile: "dev", says: ["arn:a", "assumed with the profile dev in ~/.aws/credentials"]),
    AWSPlan(
      "a profile that names itself without keys", config: "[profile a]\nrole_arn = arn:a\nsource_profile = a\n",
      profile: "a", says: ["circle"], fails: true),
    AWSPlan(
      "a source profile that is not there", config: "[profile a]\nrole_arn = arn:a\nsource_profile = b\n", profile: "a",
      says: ["source_profile of the profile a names b"], fails: true),
    AWSPlan(
      "a source profile without credentials",
      config: "[profile a]\nrole_arn = arn:a\nsource_profile = b\n[profile b]\nregion = x\n", profile: "a",
      says: ["profile b", "has no credentials"], fails: true),
    AWSPlan(
      "both kinds of source",
      config: "[profile a]\nrole_arn = arn:a\nsource_profile = b\ncredential_source = Environment\n", profile: "a",
      says: ["keep one"], fails: true),
    AWSPlan(
      "no source for a role", config: "[profile a]\nrole_arn = arn:a\n", profile: "a",
      says: ["neither source_profile nor credential_source"], fails: true),
    AWSPlan(
      "an unknown source", config: "[profile a]\nrole_arn = arn:a\ncredential_source = Moon\n", profile: "a",
      says: ["Moon", "Ec2InstanceMetadata"], fails: true),
    AWSPlan(
      "the environment as source", variables: keys,
      config: "[profile a]\nrole_arn = arn:a\ncredential_source = Environment\n", profile: "a",
      says: ["arn:a", environment]),
    AWSPlan(
      "the environment as source, empty", config: "[profile a]\nrole_arn = arn:a\ncredential_source = Environment\n",
      profile: "a", says: ["AWS_ACCESS_KEY_ID is not set"], fails: true),
    AWSPlan(
      "the instance as source", config: "[profile a]\nrole_arn = arn:a\ncredential_source = Ec2InstanceMetadata\n",
      profile: "a", says: ["EC2 instance"]),
    AWSPlan(
      "the container as source, absent", config: "[profile a]\nrole_arn = arn:a\ncredential_source = EcsContainer\n",
      profile: "a", says: ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"], fails: true),
    AWSPlan(
      "a code from a device", config: "[profile a]\nrole_arn = arn:a\nsource_profile = dev\nmfa_serial = arn:mfa\n",
      credentials: dev, profile: "a", says: ["mfa_serial", "credential_process"], fails: true),
    AWSPlan(
      "a role for too long", config: "[profile a]\nrole_arn = arn:a\nsource_profile = dev\nduration_seconds = 1\n",
      credentials: dev, profile: "a", says: ["duration_seconds of the profile a"], fails: true),
    AWSPlan(
      "a token file of variables", variables: ["AWS_WEB_IDENTITY_TOKEN_FILE": "/t", "AWS_ROLE_ARN": "arn:w"],
      says: ["arn:w", "token file of AWS_WEB_IDENTITY_TOKEN_FILE"]),
    AWSPlan(
      "a token file without role", variables: ["AWS_WEB_IDENTITY_TOKEN_FILE": "/t"], says: ["set AWS_ROLE_ARN"],
      fails: true),
    AWSPlan(
      "a token file of a profile", variables: ["AWS_PROFILE": "w"],
      config: "[profile w]\nrole_arn = arn:w\nweb_identity_token_file = ~/t\n", says: ["arn:w", "profile w"]),
    AWSPlan(
      "variables of a token file yield to an own profile",
      variables: ["AWS_WEB_IDENTITY_TOKEN_FILE": "/t", "AWS_ROLE_ARN": "arn:w"], credentials: dev, profile: "dev",
      says: ["profile dev"]),
    AWSPlan("Identity Center", config: sso, profile: "s", says: ["IAM Identity Center role Admin of the profile s"]),
    AWSPlan(
      "Identity Center, the older form",
      config: "[profile o]\nsso_start_url = https://c\nsso_region = eu-west-1\nsso_account_id = 1\nsso_role_name = R\n",
      profile: "o", says: ["role R of the profile o"]),
    AWSPlan(
      "Identity Center without its session",
      config: "[profile s]\nsso_session = corp\nsso_account_id = 1\nsso_role_name = R\n", profile: "s",
      says: ["[sso-session corp]", "~/.aws/config"], fails: true),
    AWSPlan(
      "Identity Center without a role",
      config: "[profile o]\nsso_start_url = https://c\nsso_region = eu-west-1\nsso_account_id = 1\n", profile: "o",
      says: ["lacks sso_role_name", "aws configure sso --profile o"], fails: true),
    AWSPlan(
      "Identity Center in no region",
      config: "[profile o]\nsso_start_url = https://c\nsso_region = evil.com/\nsso_account_id = 1\nsso_role_name = R\n",
      profile: "o", says: ["sso_region of the profile o"], fails: true),
    AWSPlan(
      "a role through Identity Center", config: sso + "[profile a]\nrole_arn = arn:a\nsource_profile = s\n",
      profile: "a", says: ["arn:a", "Identity Center role Admin"]),
    AWSPlan(
      "a login session", config: "[default]\nlogin_session = x\n",
      says: ["login_session", "credential_process = aws configure export-credentials --profile default"], fails: true),
    AWSPlan(
      "a container", variables: ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2/x"],
      says: ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"]),
    AWSPlan(
      "a container by its whole address", variables: ["AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://localhost/x"],
      says: ["AWS_CONTAINER_CREDENTIALS_FULL_URI"]),
    AWSPlan("nothing but perhaps EC2", says: ["EC2 instance"]),
    AWSPlan(
      "nothing at all", variables: ["AWS_EC2_METADATA_DISABLED": "TRUE"],
      says: ["AWS_BEARER_TOKEN_BEDROCK", "AWS_ACCESS_KEY_ID", "no profile default", "~/.aws/config"], fails: true),
    AWSPlan(
      "a file that cannot be read", variables: ["AWS_PROFILE": "x"], config: "unreadable",
      says: ["~/.aws/config cannot be read: permission denied"], fails: true),
  ]

  @Test("A source is found as botocore finds it", arguments: plans)
  func source(_ plan: AWSPlan) {
    let world = AWSWorld(
      variables: plan.variables,
      files: ["/home/ada/.aws/config": plan.config, "/home/ada/.aws/credentials": plan.credentials])
    let words: String
    var failed = false
    do throws(ProviderError) { words = try world.planner(profile: plan.profile).source().description } catch {
      words = error.explanation.sentence
      failed = true
      #expect(error.explanation.kind == .unauthorized)
      #expect(error.explanation.summary.contains("aws"))
    }
    #expect(failed == plan.fails)
    for part in plan.says { #expect(words.contains(part), "\(words)") }
    #expect(!words.contains("HUSH"))
  }

  @Test("Variables give keys, token and expiry")
  func environmentKeys() throws {
    let world = AWSWorld(
      variables: keys.merging([
        "AWS_SECURITY_TOKEN": "HUSH-OLD", "AWS_CREDENTIAL_EXPIRATION": "2025-07-04T12:30:00Z",
      ]) { $1 })
    guard case .keys(let credentials, _) = try world.planner().source() else {
      Issue.record("keys were expected")
      return
    }
    #expect(credentials.exposed == ["AKIAENV", "HUSH-ENV", "HUSH-OLD"])
    #expect(credentials.expires == AWSWorld.noon + 1800)
  }

  @Test("Agents are not told of a key that is not for them")
  func agents() {
    let world = AWSWorld(variables: ["AWS_EC2_METADATA_DISABLED": "true"])
    let error = world.planner(service: .agentCore).nothing()
    #expect(!error.explanation.sentence.contains("AWS_BEARER_TOKEN_BEDROCK"))
  }

  // MARK: Regions

  @Test(
    "The region is the setting's, a variable's, or the profile's",
    arguments: [
      ("r-set", ["AWS_REGION": "r-var"], "r-set"),
      (nil, ["AWS_REGION": "r-var", "AWS_DEFAULT_REGION": "r-old"], "r-var"),
      (nil, ["AWS_DEFAULT_REGION": "r-old"], "r-old"), (nil, [:], "r-default"), (nil, ["AWS_PROFILE": "dev"], "r-dev"),
      (nil, ["AWS_PROFILE": "none"], nil),
    ] as [(String?, [String: String], String?)])
  func regions(setting: String?, variables: [String: String], region: String?) {
    let world = AWSWorld(
      variables: variables,
      files: ["/home/ada/.aws/config": "[default]\nregion = r-default\n[profile dev]\nregion = r-dev\n"])
    #expect(AWSRegion.found(setting: setting, profile: nil, world.surroundings)?.region == region)
  }

  @Test("An ARN's region wins, and without any it is told what to set")
  func resolvedRegion() throws {
    var endpoint = Endpoint(name: "aws")
    let arn = "arn:aws:bedrock:us-east-1:123456789012:inference-profile/x"
    #expect(try AWSRegion.resolved(for: arn, at: endpoint) == "us-east-1")
    let error = #expect(throws: ProviderError.self) { try AWSRegion.resolved(for: "model", at: endpoint) }
    #expect(error?.explanation.kind == .setting)
    #expect(error?.explanation.sentence.contains("AWS_REGION") ?? false)
    endpoint.options["region"] = "eu-west-1"
    #expect(try AWSRegion.resolved(for: "model", at: endpoint) == "eu-west-1")
    #expect(try AWSRegion.resolved(for: arn, at: endpoint) == "us-east-1")
    #expect(
      try AWSRegion.address(of: "bedrock-runtime", for: "m", at: endpoint)
        == "https://bedrock-runtime.eu-west-1.amazonaws.com")
    endpoint.options["region"] = "evil.example/"
    #expect(throws: ProviderError.self) { try AWSRegion.resolved(for: "model", at: endpoint) }
    endpoint.options["endpoint_url"] = "http://127.0.0.1:1/"
    #expect(try AWSRegion.address(of: "bedrock", for: "m", at: endpoint) == "http://127.0.0.1:1")
  }

  @Test(
    "Regions are found in ARNs and hosts",
    arguments: [
      ("bedrock-runtime.us-east-1.amazonaws.com", "us-east-1"),
      ("bedrock-runtime-fips.us-gov-west-1.amazonaws.com", "us-gov-west-1"),
      ("bedrock-runtime.cn-north-1.amazonaws.com.cn", "cn-north-1"),
      ("vpce-1.bedrock-runtime.eu-west-3.vpce.amazonaws.com", "eu-west-3"),
      ("bedrock-mantle.us-east-1.api.aws", "us-east-1"), ("sts.amazonaws.com", nil), ("127.0.0.1", nil),
      ("us-east-1.example.com", nil),
      ("amazonaws.com", nil),
    ] as [(String, String?)])
  func hosts(host: String, region: String?) {
    #expect(AWSRegion.inHost(host) == region)
  }
}
