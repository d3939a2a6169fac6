import Foundation

/// What is wrong with a JSON text, with the field where it is: `events[0].kind: …`.
struct JSONTrouble: CustomStringConvertible {
  let description: String

  init(_ error: any Error) {
    guard let error = error as? DecodingError else {
      description = error.localizedDescription
      return
    }
    let (path, text): ([any CodingKey], String) =
      switch error {
      case .keyNotFound(let key, let context): (context.codingPath + [key], "is missing")
      case .valueNotFound(_, let context): (context.codingPath, "is null")
      case .typeMismatch(let type, let context): (context.codingPath, "is not \(Self.name(type))")
      case .dataCorrupted(let context):
        (context.codingPath, context.codingPath.isEmpty ? "is not JSON" : context.debugDescription)
      @unknown default: ([], "\(error)")
      }
    let place = path.reduce("") { place, key in
      place + (key.intValue.map { "[\($0)]" } ?? (place.isEmpty ? "" : ".") + key.stringValue)
    }
    description = place.isEmpty ? text : "\(place): \(text)"
  }

  private static func name(_ type: any Any.Type) -> String {
    switch type {
    case is Double.Type, is Float.Type: "a number"
    case is Int.Type: "a whole number"
    case is String.Type: "a text"
    case is Bool.Type: "true or false"
    default: "\(type)".contains("Array") ? "a list" : "an object"
    }
  }
}
