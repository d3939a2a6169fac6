import ExamModel
import ExamStore
import Foundation
import GLibRuntime
import WebGateway

/// The cookie of a browser that was right before, which gives it its own budget for wrong guesses, so that it does not
/// queue behind strangers at its address (OWASP, "Slow Down Online Guessing Attacks with Device Cookies").
///
/// It contains nothing else: no name, no exam. The server stores none of them and recognises its own by the signature.
struct DeviceCookie: Sendable {
  /// What the browser was right about: those who know the teacher password may mistype a code as well, but not the reverse.
  enum Proof: String, Sendable {
    case code = "c"
    case password = "p"
  }

  private static let name = "exam_device"
  private static let lifetime = Duration.seconds(180 * 86_400)
  /// In bytes; a longer one is not ours.
  private static let longest = 200

  private let key: String
  private let path: String

  /// - Parameters:
  ///   - key: what the cookies are signed with.
  ///   - path: the server's path; another program on the same site does not get the cookies.
  init(key: Secret, path: String) {
    self.key = key.text
    self.path = path
  }

  struct KeyError: Error, CustomStringConvertible {
    let path: String
    let cause: String
    var description: String { "cannot use \(path), with which the server signs device cookies: \(cause)" }
  }

  /// Reads the key in the data folder, or creates one.
  ///
  /// - Throws: `KeyError` if that fails, or the file is damaged: removing it makes every browser a stranger once.
  init(data: DataFolder, path: String) throws(KeyError) {
    let file = data.deviceKey
    if access(file, F_OK) == 0 {
      guard access(file, R_OK) == 0, let text = try? String(contentsOfFile: file, encoding: .utf8) else {
        throw KeyError(
          path: file,
          cause:
            "\(String(cString: strerror(errno))); see that it belongs to the user who runs the server, or remove it, and a "
            + "new one is made")
      }
      let kept = text.trimmingCharacters(in: .whitespacesAndNewlines)
      guard kept.count == 40 else {
        throw KeyError(path: file, cause: "it is damaged; remove it, and a new one is made")
      }
      self.init(key: Secret(text: kept), path: path)
      return
    }
    let made = Secret.random()
    let descriptor = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw KeyError(path: file, cause: String(cString: strerror(errno))) }
    defer { close(descriptor) }
    let bytes = Array((made.text + "\n").utf8)
    guard write(descriptor, bytes, bytes.count) == bytes.count, fsync(descriptor) == 0 else {
      let cause = String(cString: strerror(errno))
      unlink(file)
      throw KeyError(path: file, cause: cause)
    }
    self.init(key: made, path: path)
  }

  /// The browser that sent the request, if it was right before about at least as much as `proof`.
  func device(of request: HTTPRequest, right proof: Proof, at now: Timestamp = .now) -> String? {
    guard let known = read(request, at: now), proof == .code || known.proof == .password else { return nil }
    return known.id
  }

  /// Marks the browser as one that was right. If it was already, it stays the same device, so that being right again
  /// gives no new budget.
  func mark(
    _ response: inout HTTPResponse, of request: HTTPRequest, right proof: Proof, at now: Timestamp = .now
  ) {
    let known = read(request, at: now)
    let id = known?.id ?? ParticipantID.random().rawValue
    let whole = known?.proof == .password ? .password : proof
    let until = now.advanced(by: Self.lifetime).microseconds / 1_000_000
    let text = "1.\(whole.rawValue).\(id).\(until)"
    response.headers.append(
      (
        "Set-Cookie",
        "\(Self.name)=\(text).\(hmacSHA256(of: text, key: key)); Path=\(path); "
          + "Max-Age=\(Int(Self.lifetime.inSeconds)); HttpOnly; SameSite=Lax"
          + (request.isSecure ? "; Secure" : "")
      ))
  }

  private func read(_ request: HTTPRequest, at now: Timestamp) -> (id: String, proof: Proof)? {
    let prefix = Self.name + "="
    let pairs = (request.header("Cookie") ?? "").utf8.split {
      $0 == UInt8(ascii: ";") || $0 == UInt8(ascii: ",")
    }
    // The first of that name: a browser has only one, and checking each takes computing a signature.
    guard
      let own = pairs.lazy.map({ $0.drop { $0 == UInt8(ascii: " ") } }).first(where: {
        $0.starts(with: prefix.utf8)
      }),
      own.count <= prefix.utf8.count + Self.longest
    else { return nil }
    let fields = Substring(own.dropFirst(prefix.utf8.count)).split(
      separator: ".", omittingEmptySubsequences: false)
    guard fields.count == 5, fields[0] == "1", let proof = Proof(rawValue: String(fields[1])),
      let until = Int64(fields[3]), until > now.microseconds / 1_000_000
    else { return nil }
    let signed = fields.dropLast().joined(separator: ".")
    // Hashing first, so that the comparison's time reveals nothing about the signature.
    guard
      SecretHash(Secret(text: hmacSHA256(of: signed, key: key)))
        == SecretHash(Secret(text: String(fields[4])))
    else { return nil }
    return (String(fields[2]), proof)
  }
}
