// Where a model of Bedrock is: the host of a region and a path with the model in it (wire notes: bedrock, section 1).

import Diagnostics
import Streaming
import Transport

/// Addresses below `bedrock-runtime`.
enum BedrockAddress {
  /// The address of an operation on a model.
  /// - Parameter operation: the last segment, such as `converse`.
  static func url(
    _ operation: String, model: String, of endpoint: Endpoint
  ) throws(ProviderError) -> HTTPURL {
    guard !model.isEmpty else {
      throw ProviderError(
        explanation: Explanation(
          kind: .setting, summary: "\(endpoint.name) was asked without a model",
          detail: "Bedrock wants the id or the ARN of a model or an inference profile", recovery: .chooseModel))
    }
    let base = try base(of: endpoint, model: model)
    do throws(TransportError) {
      // Ids hold colons and ARNs slashes; both are part of one segment.
      return try EndpointURL(base).appending(
        "/model/\(EndpointURL.percentEncoded(model))/\(operation)", query: endpoint.query)
    } catch {
      throw error.providerError(of: endpoint.name)
    }
  }

  private static func base(of endpoint: Endpoint, model: String) throws(ProviderError) -> String {
    if let given = endpoint.options["endpoint_url"], !given.isEmpty { return given }
    if !endpoint.baseURL.isEmpty { return endpoint.baseURL }
    let region = region(of: endpoint, model: model)
    guard !region.isEmpty, region.utf8.allSatisfy(isRegionByte) else {
      throw ProviderError(
        explanation: Explanation(
          kind: .setting,
          summary: region.isEmpty ? "\(endpoint.name) has no AWS region" : "\(endpoint.name) has a region that is none",
          detail: region.isEmpty ? "the model’s name tells none either" : ForeignWords.bounded(region, characters: 100),
          recovery: .fixSetting(path: "providers.\(endpoint.name).region")))
    }
    let domain = region.hasPrefix("cn-") ? "amazonaws.com.cn" : "amazonaws.com"
    return "https://bedrock-runtime.\(region).\(domain)"
  }

  /// The region of the model's ARN, which is the only one where that model is, else that of the setting; empty if neither
  /// is there.
  static func region(of endpoint: Endpoint, model: String) -> String {
    // arn:aws:bedrock:REGION:ACCOUNT:…
    let parts = model.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
    if parts.count == 6, parts[0] == "arn", !parts[3].isEmpty { return String(parts[3]) }
    return endpoint.options["region"] ?? ""
  }

  private static func isRegionByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): true
    default: false
    }
  }

  /// The headers of a request with a JSON body.
  static func headers(_ fields: [(String, String)], of endpoint: Endpoint) throws(ProviderError) -> HTTPHeaders {
    do throws(TransportError) {
      var headers = HTTPHeaders()
      try headers.add("Content-Type", "application/json")
      for (name, value) in fields { try headers.add(name, value) }
      return headers
    } catch {
      throw error.providerError(of: endpoint.name)
    }
  }
}
