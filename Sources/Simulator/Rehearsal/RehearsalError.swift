/// Why a rehearsal cannot run: what happened and what to do.
public struct RehearsalError: Error, CustomStringConvertible {
  public let description: String

  init(_ description: String) { self.description = description }
}
