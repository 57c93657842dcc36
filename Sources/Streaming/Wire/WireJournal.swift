// The socket behind which the log of the wire sits.

package import Diagnostics

/// What was sent and received, as far back as it is kept. Every text it gives is free of credentials.
package protocol WireJournal: Sendable {
  /// All exchanges that are kept, oldest first.
  func outlines() -> [WireOutline]

  /// An exchange as it stands; `nil` if it is not kept any more. Linear in what is new since the last call for it.
  func picture(of number: Int) -> WirePicture?

  /// All of one event of an exchange, made readable, at most some thousands of lines.
  func details(of event: Int, in number: Int) -> [WireLine]

  /// The request as a command for a shell.
  /// - Throws: why there is none.
  func curl(of number: Int) throws(Explanation) -> String

  /// The response as a file that the provider `replay` plays.
  /// - Throws: what is missing.
  func recording(of number: Int) throws(Explanation) -> WireFile

  /// Hears, once, of the next thing that is recorded; `nil` takes that back. Called on the network's thread: it must not
  /// wait.
  func onNext(_ hear: (@Sendable () -> Void)?)

  /// Lets go of what was only kept for looking.
  func leave()
}
