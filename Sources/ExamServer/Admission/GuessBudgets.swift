import ExamModel
import WebGateway

/// Decides whether typed input may be checked. What is too long to be guessed (tokens, keys, the secret of an invite
/// link) never comes here.
@GatewayActor
final class GuessBudgets {
  private let codes: GuessDesk
  private let passwords: GuessDesk
  let devices: DeviceCookie

  /// - Parameter note: receives a line when all who type begin to wait, and when that is over.
  init(devices: DeviceCookie, note: @escaping @Sendable (String) -> Void) {
    self.devices = devices
    codes = GuessDesk(.codes) {
      note(
        $0
          ? "many wrong exam codes from everywhere: all who type a code wait in line; invite links work at once"
          : "wrong exam codes have become few again: codes are answered at once")
    }
    passwords = GuessDesk(.passwords) {
      note(
        $0
          ? "many wrong teacher passwords from everywhere: all who type it wait in line"
          : "wrong teacher passwords have become few again: they are answered at once")
    }
  }

  /// Whether there were so many wrong codes from everywhere that everybody who types one waits.
  var isCodeGuessed: Bool { codes.isBeyondCeiling }

  /// Waits until a typed code may be checked.
  func turn(forCode code: SessionCode, _ request: HTTPRequest) async throws(Refusal) -> GuessDesk.Turn {
    try await codes.turn(guess(code.digits, request, .code))
  }

  /// Waits until a typed password may be checked.
  func turn(
    forPassword password: SecretHash, _ request: HTTPRequest
  ) async throws(Refusal) -> GuessDesk.Turn {
    try await passwords.turn(guess(password.digest, request, .password))
  }

  /// Ends all waiting, because the server stops.
  func stop() {
    codes.stop()
    passwords.stop()
  }

  private func guess(_ text: String, _ request: HTTPRequest, _ proof: DeviceCookie.Proof) -> Guess {
    Guess(
      address: GuesserAddress(request.remoteAddress), device: devices.device(of: request, right: proof),
      text: text)
  }
}
