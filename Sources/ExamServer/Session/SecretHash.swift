import ExamModel
import GLibRuntime

/// The SHA-256 of a secret: what the server keeps, so that its memory and files reveal no token. The secrets are 200
/// random bits, so they need no salt and no slow hash.
struct SecretHash: Hashable, Sendable {
  /// Hexadecimal.
  let digest: String

  init(_ secret: Secret) { digest = sha256(of: secret.text) }

  /// A stored one.
  init(digest: String) { self.digest = digest }
}

extension Secret {
  /// The secret in a session's link for students. It is derived from the teacher key, so that every teacher can get the
  /// link although the server keeps neither of the two.
  static func invite(ofKey key: String) -> Secret {
    Secret(text: String(sha256(of: "invite " + key).prefix(40)))
  }
}
