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
    let base = try AWSRegion.address(of: "bedrock-runtime", for: model, at: endpoint)
    do throws(TransportError) {
      // Ids hold colons and ARNs slashes; both are part of one segment.
      return try EndpointURL(base).appending(
        "/model/\(EndpointURL.percentEncoded(model))/\(operation)", query: endpoint.query)
    } catch {
      throw error.providerError(of: endpoint.name)
    }
  }

  /// The region of the model's ARN, else that of the setting; empty if neither is there.
  static func region(of endpoint: Endpoint, model: String) -> String {
    AWSRegion.inARN(model) ?? endpoint.options["region"] ?? ""
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
