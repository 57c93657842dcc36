// The provider that is there without being configured: it answers questions about riffle from the manual and streams
// like a model, so that everything can be tried at once and offline.

package import Streaming

/// riffle's own guide.
package final class GuideClient: ProviderClient {
  /// The name of its only model.
  package static let model = "guide"

  package let name: String
  package let isRepeatable = true
  private let clock: ProviderClock
  private let book: @Sendable () -> GuideBook

  /// A guide that reads from `book`, which is opened with the first question.
  package init(
    name: String = "guide", clock: ProviderClock = .system,
    book: @escaping @Sendable @autoclosure () -> GuideBook = .manual
  ) {
    self.name = name
    self.clock = clock
    self.book = book
  }

  package func models() async throws(ProviderError) -> [ModelDescriptor] { [ModelDescriptor(id: Self.model)] }

  package func stream(_ request: ChatRequest) -> any ProviderStream {
    PacedStream(clock: clock) { [book] start in
      let reply = GuideReply(to: GuideConversation(request.messages), from: book())
      return GuideScript.events(of: reply, to: request, from: start)
    }
  }
}
