// `riffle models`: what the configured providers offer.

import Diagnostics
package import Sessions
import Streaming

/// Runs `models`.
package struct ModelsCommand: Sendable {
  private let providers: [String]
  private let directory: any ProviderDirectory
  private let output: Output

  /// A command that asks those providers, in that order.
  package init(providers: [String], directory: any ProviderDirectory, output: Output) {
    self.providers = providers
    self.directory = directory
    self.output = output
  }

  /// Writes `provider/model` lines; a provider that cannot answer is told on standard error and the others go on.
  package func run() async -> Int32 {
    var status = ExitStatus.done
    for name in providers {
      do {
        let models = try await directory.client(for: name).models()
        for model in models {
          output.line("\(name)/\(model.id)" + (model.contextLength.map { "  \($0) tokens" } ?? ""))
        }
      } catch let error as any Explainable {
        // Most sentences name the provider themselves.
        let sentence = error.explanation.sentence
        output.complain(sentence.contains(name) ? sentence : "\(name): \(sentence)")
        status = ExitStatus.status(of: error.explanation)
      } catch {
        output.complain("\(name): \(error)")
        status = ExitStatus.failed
      }
    }
    return output.isClosed ? ExitStatus.brokenPipe : status
  }
}
