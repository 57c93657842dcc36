// The services whose requests are signed, by their signing names.

/// A service of AWS.
package enum AWSService: String, Sendable, CaseIterable {
  /// Models, their lists included.
  case bedrock
  /// Models behind the shape of other vendors' interfaces.
  case bedrockMantle = "bedrock-mantle"
  /// Agents.
  case agentCore = "bedrock-agentcore"

  /// Whether `AWS_BEARER_TOKEN_BEDROCK` lets a request in (Bedrock User Guide, "API keys").
  var takesBearerKey: Bool { self != .agentCore }
}
