extension String {
  /// The first `count` code points. One visible character can consist of any number of these, so `prefix` bounds no bytes.
  public func prefix(codePoints count: Int) -> String {
    String(String.UnicodeScalarView(unicodeScalars.prefix(count)))
  }
}
