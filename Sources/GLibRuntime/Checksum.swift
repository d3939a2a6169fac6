import CGStreamer

/// The SHA-256 digest of a text's UTF-8 bytes, as 64 hexadecimal digits.
public func sha256(of text: String) -> String {
  let digest = g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, -1)!
  defer { g_free(digest) }
  return String(cString: digest)
}

/// The HMAC (RFC 2104) with SHA-256 of a text's UTF-8 bytes, as 64 hexadecimal digits.
public func hmacSHA256(of text: String, key: String) -> String {
  let bytes = Array(key.utf8)
  let digest = g_compute_hmac_for_string(G_CHECKSUM_SHA256, bytes, gsize(bytes.count), text, -1)!
  defer { g_free(digest) }
  return String(cString: digest)
}
