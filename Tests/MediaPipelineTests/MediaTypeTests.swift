import Testing

@testable import MediaPipeline

@Suite struct MediaTypeTests {
  @Test(
    arguments: [
      ("video/webm", "video-webm", nil),
      ("video/webm;codecs=vp8", "video-webm", ["vp8"]),
      ("Video/WebM ; CODECS=\"VP8,opus\"", "video-webm", ["vp8"]),
      ("video/webm;codecs=\"opus, vp09.00.10.08\"", "video-webm", ["vp9"]),
      ("video/webm;codecs=vp9,opus", "video-webm", ["vp9"]),
      ("video/webm; codecs = \"vp8\"", "video-webm", ["vp8"]),
      ("video/webm;foo=\"a;codecs=vp9\";codecs=vp8", "video-webm", ["vp8"]),
      ("video/webm;codecs=\"v\\p8\"", "video-webm", ["vp8"]),
      ("video/webm;codecs*=utf-8''vp8%2Copus", "video-webm", ["vp8"]),
      ("video/webm;codecs=vp8;codecs=vp9", "video-webm", ["vp8"]),
      ("video/webm;codecs=vp8;", "video-webm", ["vp8"]),
      ("video/mp4;codecs=\"avc1.42E01E,mp4a.40.2\"", "video-mp4", ["h264"]),
      ("video/mp4;codecs=hvc1.1.6.L93.B0", "video-mp4", ["h265"]),
      ("video/mp4;codecs=av01.0.04M.08", "video-mp4", ["av1"]),
      ("video/webm;codecs=opus", "video-webm", []),
      ("video/webm;codecs=\"\"", "video-webm", []),
      ("video/webm;codecs=\"av1,vp8\"", "video-webm", ["av1", "vp8"]),
    ] as [(String, String, [String]?)])
  func isRead(text: String, name: String, codecs: [String]?) throws {
    let type = try #require(MediaType(text))
    #expect(type.name == name)
    #expect(type.videoCodecs == codecs)
  }

  @Test(arguments: [
    "", "video", "/", "video/", "/webm", "video/webm/x", "vi deo/webm", "video/we\u{7f}bm",
    "video/webm;codecs",
    "video/webm;codecs=\"vp8", "video/webm;=vp8", "../../etc/passwd", "video/wébm",
    "video/" + String(repeating: "a", count: 300),
  ])
  func whatIsNoneIsRefused(text: String) { #expect(MediaType(text) == nil) }
}
