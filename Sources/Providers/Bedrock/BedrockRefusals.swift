// What is peculiar to the refusals of Bedrock (wire notes: bedrock, section 5; aws-eventstream, section 2). Everything
// else is judged as for all services.

import Diagnostics
import Framing
import Streaming

/// Refusals of Bedrock, before and inside a stream.
enum BedrockRefusals {
  /// A refusal in words, with what helps where Bedrock's own words do not say.
  static func classify(_ failure: HTTPFailure) -> ProviderError {
    var error = failure.classified()
    let words = failure.report.message
    if saysOnDemand(words) {
      let profiles = profiles(
        of: failure.model, region: BedrockAddress.region(of: failure.endpoint, model: failure.model))
      error.explanation.detail += "; try \(profiles.joined(separator: " or "))"
      error.explanation.recovery = .chooseModel
    }
    if error.isRetryable, words.firstRange(of: "per day") != nil {
      // A quota that comes back tomorrow is not worth waiting for.
      error.isRetryable = false
      error.retryAfterMilliseconds = nil
      error.explanation.recovery = .chooseModel
    }
    return error
  }

  /// The model can only be reached through an inference profile.
  private static func saysOnDemand(_ words: String) -> Bool {
    words.firstRange(of: "on-demand throughput") != nil
  }

  /// Ids of the profiles that usually exist for a model, the nearest first.
  static func profiles(of model: String, region: String) -> [String] {
    let areas: [String] =
      switch region {
      case let region where region.hasPrefix("us-gov-"): ["us-gov"]
      case let region where region.hasPrefix("us-") || region.hasPrefix("ca-"): ["us", "global"]
      case let region where region.hasPrefix("eu-"): ["eu", "global"]
      case "ap-northeast-1", "ap-northeast-3": ["jp", "apac", "global"]
      case "ap-southeast-2", "ap-southeast-4": ["au", "apac", "global"]
      case let region where region.hasPrefix("ap-"): ["apac", "global"]
      default: ["us", "eu", "apac", "global"]
      }
    return areas.map { "“\($0).\(ForeignWords.bounded(model, characters: 200))”" }
  }

  /// The report of a frame that is no message; nil for frames that mean nothing.
  static func report(_ frame: WireFrame) -> ErrorBody? {
    switch frame.kind {
    case .message, .unknown: return nil
    case .exception:
      var report = ErrorBody(frame.data)
      report.type = frame.event ?? report.type
      report.code = nil
      if case .success(let value) = JSONParser.parse(frame.data),
        let original = value["originalMessage"]?.string, !original.isEmpty
      {
        report.message += report.message.isEmpty ? original : " (\(original))"
      }
      return report
    case .error(let message):
      var report = ErrorBody()
      report.type = frame.event
      report.message = message
      return report
    }
  }
}
