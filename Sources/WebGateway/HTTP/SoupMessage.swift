import CSoup
import GLibRuntime
import Glibc

// Accessors for libsoup's messages.

/// libsoup takes a reference of its own, and accepts no empty chunk.
@GatewayActor
func append(_ bytes: SharedBytes, to body: UnsafeMutablePointer<SoupMessageBody>?) {
  guard bytes.count > 0 else { return }
  withExtendedLifetime(bytes) { soup_message_body_append_bytes(body, bytes.pointer) }
}

/// Phrases that this version of libsoup does not know; nil leaves it to libsoup.
func reasonPhrase(_ status: Int) -> String? {
  switch status {
  case 422: "Unprocessable Content"
  case 426: "Upgrade Required"
  case 429: "Too Many Requests"
  case 431: "Request Header Fields Too Large"
  default: nil
  }
}

/// No control characters: with them a value could begin another header.
func isHeaderText(_ text: String) -> Bool { text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f } }

func wantsKeepAlive(_ message: OpaquePointer) -> Bool {
  let headers = soup_server_message_get_request_headers(message)
  // A client that wanted a WebSocket has no further request on this connection.
  return soup_server_message_get_http_version(message) == SOUP_HTTP_1_1
    && soup_message_headers_header_contains(headers, "Connection", "close") == 0
    && soup_message_headers_header_contains(headers, "Connection", "upgrade") == 0
}

func headerFields(_ headers: OpaquePointer?) -> [String: String] {
  var fields: [String: String] = [:]
  var iterator = SoupMessageHeadersIter()
  soup_message_headers_iter_init(&iterator, headers)
  var name: UnsafePointer<CChar>?
  var value: UnsafePointer<CChar>?
  while soup_message_headers_iter_next(&iterator, &name, &value) != 0 {
    let key = headerText(name!).lowercased()
    let text = headerText(value!)
    if fields[key] == nil {
      fields[key] = text
    } else {
      fields[key]!.append(", ")
      fields[key]!.append(text)
    }
  }
  return fields
}

/// A header's text as ISO 8859-1 (RFC 9110, 5.5): comparing it needs no composing or sorting, and no separator forms
/// one character with what follows it.
private func headerText(_ text: UnsafePointer<CChar>) -> String {
  let bytes = UnsafeRawBufferPointer(start: text, count: strlen(text))
  if bytes.allSatisfy({ $0 < 0x80 }) { return String(decoding: bytes, as: UTF8.self) }
  return String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
}
