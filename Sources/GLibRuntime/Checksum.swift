import CGStreamer

/// The SHA-256 digest of a text's UTF-8 bytes, as 64 hexadecimal digits.
public func sha256(of text: String) -> String {
  let digest = g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, -1)!
  defer { g_free(digest) }
  return String(cString: digest)
}
