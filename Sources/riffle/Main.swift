// Where the program begins. The language isolates `main()` to the main actor, on which a task would never run here: so it
// only hands over to code that is isolated to nothing.

import ArgumentParser
import Glibc
import Platform

@main
struct Riffle {
  static func main() {
    TaskPool.install()
    do {
      var command = try RiffleCommand.parseAsRoot(RiffleCommand.ordered(Array(CommandLine.arguments.dropFirst())))
      try command.run()
      leave(0)
    } catch let code as ArgumentParser.ExitCode {
      leave(code.rawValue)
    } catch {
      // Scripts rely on 2 for a wrong use; the library's own number is another one.
      if RiffleCommand.exitCode(for: error) == .validationFailure {
        // The full screen is a command to the library only.
        Console.write(RiffleCommand.fullMessage(for: error).replacing("riffle chat", with: "riffle") + "\n")
        exit(ExitCode.usage)
      }
      RiffleCommand.exit(withError: error)
    }
  }

  /// Ends at once. What libraries tidy up at an ordinary exit their own threads, and ours, may still be using.
  private static func leave(_ status: Int32) -> Never {
    fflush(nil)
    _exit(status)
  }
}
