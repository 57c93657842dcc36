// What the pure program keeps for linear mode beside everything else: what is to be told, and what a line that is typed
// next may mean. The full screen has none of it.

/// The part of the state that only linear mode has.
package struct LinearState: Equatable, Sendable {
  /// Something to be told that no other part of the state holds.
  enum Saying: Equatable, Sendable {
    case notice(Notice)
    /// Lines as they are; may hold words from outside.
    case text(String)
  }

  /// What was said since the last time it was told, in order. The status bar shows the last word for a while; who only
  /// listens needs each of them once.
  var sayings: [Saying] = []
  /// The numbered list that was told last and not answered. A number means what stood there then, whatever changed since.
  var choices: LinearChoices?
  /// Whether a question that wants `y` or `n` was told.
  var isAsking = false
  /// Whether what is being written goes on in the next line.
  package internal(set) var isContinued = false
  /// Whether a conversation is on its way: what is shown until it is there is not told.
  package var isOpening = false

  /// Nothing to be told.
  package init() {}

  /// Whether a list was asked for and is not there yet.
  package func isWaitingForChoices(of overlay: Overlay?) -> Bool {
    guard case .picker = overlay else { return false }
    return choices == nil
  }
}

/// A list whose lines are chosen by their numbers.
struct LinearChoices: Equatable, Sendable {
  let kind: PickerState.Kind
  let query: String
  /// In the order of their numbers, which begin with one.
  let items: [PickerItem]
}
