// How requests to AWS are authenticated: said once for every kind that is.

extension Manual {
  /// The kinds whose requests are signed.
  private static let awsKinds: Set<String> = ["bedrock", "bedrock-invoke", "agentcore"]

  /// The section, if a kind that needs it is spoken.
  static func awsSections(kinds: Set<String>) -> [ManualSection] {
    awsKinds.isDisjoint(with: kinds) ? [] : [awsCredentials]
  }

  private static let awsCredentials = ManualSection(
    id: "aws-credentials", title: "AWS credentials",
    keywords: [
      "aws", "amazon", "sigv4", "signature", "sso", "identity center", "profile", "assume", "role", "imds", "ecs",
      "container", "credential_process", "bearer", "expired", "token", "login",
    ],
    body: """
      Requests to AWS are signed with what AWS's own tools would use; nothing is kept in riffle's configuration. `riffle doctor` says which source counts and which region, without asking anybody.

      The first of these that is there is used:

      - a key of the provider's own: `api_key_env`, `api_key_command`, `api_key_file`. It is sent as it is, nothing is signed.
      - for Bedrock, the variable `AWS_BEARER_TOKEN_BEDROCK`.
      - `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`, with `AWS_SESSION_TOKEN` for temporary keys. An `aws_profile` in the provider's settings switches these off; the variable `AWS_PROFILE` does not.
      - the profile: `role_arn` with `source_profile` or `credential_source`, a web identity token file, IAM Identity Center, keys in `~/.aws/credentials`, `credential_process`, keys in `~/.aws/config`.
      - the container (ECS, EKS Pod Identity), then the role of the EC2 instance. These are asked only when nothing else is there, and never through a proxy.

      The region is that of an ARN if the model or agent is named by one; else `region` of the provider, `AWS_REGION`, `AWS_DEFAULT_REGION`, the profile's.

      ```
      [providers.aws]
      kind = "bedrock"
      aws_profile = "dev"
      region = "eu-west-1"
      ```

      Temporary keys are renewed before they end. A session of IAM Identity Center is renewed as long as AWS allows it; after that the error says `aws sso login --profile …`. Profiles with `mfa_serial` or `login_session` need a person: put `credential_process = aws configure export-credentials --profile NAME` into a profile of their own.

      An `Authorization` in `headers` of the provider takes the place of every signature. A machine whose clock is wrong is noticed by AWS's answer; riffle then signs with AWS's time.
      """)
}
