import ExamModel
import Foundation
import WebGateway

/// JSON as specified by the wire contract.
enum WireJSON {
  static func encode(_ value: some Encodable) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.withoutEscapingSlashes, .sortedKeys]
    do {
      return Array(try encoder.encode(value))
    } catch {
      // Only non-finite numbers cannot be written as JSON, and no message has any.
      preconditionFailure("not encodable: \(value): \(error)")
    }
  }

  static func text(_ value: some Encodable) -> String { String(decoding: encode(value), as: UTF8.self) }

  static func decode<Value: Decodable>(_ type: Value.Type, from text: String) throws(WireError) -> Value {
    // The names of fields become dictionary keys before anything checks them.
    if CombiningMarks.runTooLong(in: text, escaped: true) {
      throw WireError(
        why: .combiningMarks,
        detail: "the text has more than \(CombiningMarks.longestRun) combining marks in a row")
    }
    do {
      return try JSONDecoder().decode(type, from: Data(text.utf8))
    } catch let error as DecodingError {
      throw WireError(error)
    } catch {
      throw WireError(detail: "not JSON: \(error)")
    }
  }

  private struct Request: Decodable { let id: Int? }

  /// The number by which a message's sender recognises the answer; `nil` if it gave none, or not a whole number.
  static func requestID(in text: String) -> Int? { (try? decode(Request.self, from: text))?.id }

  static func decode<Value: Decodable>(_ type: Value.Type, from bytes: [UInt8]) throws(WireError) -> Value {
    // The decoder would also accept UTF-16 and UTF-32, which nothing has checked. In these every letter contains a NUL.
    guard let text = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else {
      throw WireError(detail: "the text is not UTF-8")
    }
    return try decode(type, from: text)
  }
}

extension WireError {
  /// What is wrong with a JSON text.
  init(_ error: DecodingError) {
    func path(_ context: DecodingError.Context) -> String {
      context.codingPath.isEmpty
        ? "the message" : context.codingPath.map(\.stringValue).joined(separator: ".")
    }
    let detail =
      switch error {
      case .keyNotFound(let key, _): "the field \(key.stringValue) is missing"
      case .typeMismatch(_, let context): "\(path(context)) has the wrong type"
      case .valueNotFound(_, let context): "\(path(context)) must not be null"
      // The decoder does not tell the two apart.
      case .dataCorrupted(let context) where context.codingPath.isEmpty:
        "the text is not valid JSON, or has a number with a fraction, or too large, where a whole one belongs"
      case .dataCorrupted(let context): "\(path(context)): \(context.debugDescription)"
      @unknown default: "the text cannot be read"
      }
    self.init(detail: detail)
  }
}
