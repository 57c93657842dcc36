// Linear mode's part of the composition: when it is chosen, its loop, and what a script gets back.

import Conversations
import Display
import Glibc
import Headless
import Interface
import Platform
import Runtime
import Streaming

extension Composition {
  /// Why there is no full screen here, as far as the environment and the descriptors tell; `nil` if there may be one.
  var reasonForLinear: String? {
    if let wish = environment["ACCESSIBLE"], wish != "0" { return "ACCESSIBLE is set" }
    if isatty(STDOUT_FILENO) != 1 { return "standard output is not a terminal" }
    if isatty(STDIN_FILENO) != 1 { return "standard input is not a terminal" }
    return nil
  }

  /// Runs linear mode until the user leaves, or until what was read has been answered.
  /// - Parameter reason: told in the first line; `nil` if it was asked for on the command line.
  /// - Returns: the exit status; where lines came from a file or a program that of the last answer that did not end well.
  func runLinear(
    _ configuration: LoadedConfiguration, _ options: InterfaceOptions, because reason: String?,
    signals: consuming SignalSource, mailbox: Mailbox
  ) -> Int32 {
    let parts = makeParts(configuration, terminalCapacity: nil, mailbox)
    let state = firstState(configuration, options, size: Size(columns: 80, rows: 24), linear: LinearState())
    let (runner, clock) = (parts.runner, ContinuousClock())
    var loop = LinearLoop(
      state: state, transcript: LinearTranscript(version: Version.text, reason: reason), mailbox: mailbox,
      signals: signals, editor: ExternalEditor(environment: environment, folder: places.stateFolder),
      perform: { runner.perform($0) }, now: { clock.now },
      wall: { Timestamp(milliseconds: WallClock.milliseconds()) })
    let ending = loop.run(first: firstEffects) { begin(parts, configuration, mailbox) }
    return end(because: ending, parts, quitStatus: loop.isInteractive ? ExitCode.done : status(of: loop.failure))
  }

  private func status(of failure: MessageStatus?) -> Int32 {
    switch failure {
    case nil: ExitStatus.done
    case .complete: ExitStatus.refused
    case .streaming, .interrupted: ExitStatus.network
    case .stopped: ExitStatus.interrupted
    case .incomplete(let why), .failed(let why): ExitStatus.status(of: why)
    }
  }
}
