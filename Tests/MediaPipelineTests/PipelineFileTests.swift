import Foundation
import MediaPipeline
import Testing

/// The messages operators get when a file is wrong. Each case changes one thing in a shipped file.
@Suite(.timeLimit(.minutes(2))) struct PipelineFileTests {
  struct Fault: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let find: String
    let replace: String
    /// The text on the line that is reported; nil if there is none.
    let lineOf: String?
    let cause: String
  }

  static let faults = [
    Fault(
      testDescription: "missing ingest", find: "name=ingest", replace: "name=inlet",
      lineOf: nil, cause: "no element named ingest"),
    Fault(
      testDescription: "missing faces", find: "appsink name=faces", replace: "fakesink",
      lineOf: nil, cause: "no element named faces"),
    Fault(
      testDescription: "wrong type", find: "appsink name=tile", replace: "fakesink name=tile",
      lineOf: "fakesink name=tile", cause: "not an appsink"),
    Fault(
      testDescription: "unknown element", find: "vp8dec ", replace: "vp8decc ",
      lineOf: "vp8decc", cause: "no element \"vp8decc\""),
    Fault(
      testDescription: "unknown property", find: "quality=70\n! appsink name=focus",
      replace: "qualitee=70\n! appsink name=focus", lineOf: "qualitee",
      cause: "no property \"qualitee\""),
    Fault(
      testDescription: "bad value", find: "threads=1\n! tee", replace: "threads=many\n! tee",
      lineOf: "threads=many",
      cause: "threads"),
    Fault(
      testDescription: "syntax", find: "! valve name=focus_gate", replace: "! ! valve name=focus_gate",
      lineOf: "! ! valve", cause: "syntax error"),
    Fault(
      testDescription: "unclosed quote", find: "! jpegenc quality=70\n! appsink name=focus",
      replace: "! jpegenc quality=\"70\n! appsink name=focus", lineOf: "quality=\"70",
      cause: ""),
    Fault(
      testDescription: "decoder that does not fit", find: "vp8dec name=decoder threads=1",
      replace: "jpegdec name=decoder", lineOf: "jpegdec",
      cause: "decoder does not take video/x-vp8"),
    Fault(
      testDescription: "faces not I420",
      find: "! picturescale\n! video/x-raw,format=I420,width=(int)[16,320]",
      replace: "! videoconvertscale\n! video/x-raw,format=RGB,width=(int)[16,320]",
      lineOf: "appsink name=faces",
      cause: "format=(string)RGB"),
    Fault(
      testDescription: "faces could be anything",
      find:
        "! picturescale\n! video/x-raw,format=I420,width=(int)[16,320],height=(int)[16,320],pixel-aspect-ratio=1/1",
      replace: "! videoconvertscale", lineOf: "appsink name=faces", cause: "faces could get"),
    Fault(
      testDescription: "tile not JPEG", find: "! jpegenc quality=70\n! appsink name=tile",
      replace: "! appsink name=tile", lineOf: "appsink name=tile", cause: "tile could get"),
    Fault(
      testDescription: "ingest without caps", find: "caps=video/x-vp8", replace: "",
      lineOf: "name=ingest", cause: "ingest does not say"),
  ]

  @Test(arguments: faults) func faultIsNamedWithItsLine(fault: Fault) throws {
    let good = try String(contentsOfFile: Paths.pipeline("video-x-vp8"), encoding: .utf8)
    let bad = good.replacing(fault.find, with: fault.replace)
    try #require(bad != good)
    let folder = try TemporaryFolder()
    try folder.write("video-x-vp8", bad)
    let error = try #require(
      #expect(throws: PipelineFileError.self) {
        try PipelineTemplate(contentsOf: "\(folder.path)/video-x-vp8.launch")
      })
    #expect(fault.cause.isEmpty || error.cause.contains(fault.cause), "\(error)")
    #expect(error.file.hasSuffix("video-x-vp8.launch"))
    #expect(!error.hint.isEmpty)
    #expect(!error.description.contains("\n"))
    #expect(error.line == fault.lineOf.flatMap { Self.line(of: $0, in: bad) }, "\(error)")
  }

  @Test func commentsAreNotPartOfThePipeline() throws {
    let folder = try TemporaryFolder()
    let good = try String(contentsOfFile: Paths.pipeline("video-x-vp8"), encoding: .utf8)
    try folder.write("video-x-vp8", "# ! nonsense \"\n   # more ! !\n" + good)
    _ = try PipelineTemplate(contentsOf: "\(folder.path)/video-x-vp8.launch")
  }

  @Test(arguments: ["", "# nothing but a comment", "fakesink", "\u{0}"])
  func textWithoutAPipelineIsAnError(text: String) throws {
    let folder = try TemporaryFolder()
    try folder.write("x", text)
    #expect(throws: PipelineFileError.self) { try PipelineTemplate(contentsOf: "\(folder.path)/x.launch") }
  }

  @Test func missingFileIsAnError() {
    let error = #expect(throws: PipelineFileError.self) {
      try PipelineTemplate(contentsOf: "/nowhere/x.launch")
    }
    #expect(
      error?.description
        == "/nowhere/x.launch: No such file or directory; check that the file exists and may be read")
  }

  /// Errors that only frames reveal.
  @Test(arguments: [
    // A decoder after a demuxer is linked when the first frame arrives.
    ("video-webm", "! vp8dec", "! vp9dec", "not-linked", true),
    (
      "video-webm", "! vp8enc deadline=1 cpu-used=8 threads=1",
      "! vp9enc deadline=1 cpu-used=8 lag-in-frames=0", "not-linked", true
    ),
    (
      "video-x-vp8", "# check-with: ! vp8enc deadline=1 cpu-used=8 threads=1", "# check-with: ! nothingenc",
      "nothingenc", true
    ),
    ("video-x-vp8", "# check-with: ", "# ", "nothing says how", false),
    (
      "video-x-vp8", "num-buffers=10 !", "num-buffers=10 pattern=black ! identity drop-probability=1.0 !",
      "made no frame", true
    ),
    ("video-x-vp8", "! vp8enc deadline=1 cpu-used=8 threads=1", "! jpegenc", "refused", true),
    // The picture never reaches the focus sink.
    ("video-x-vp8", "! valve name=focus_gate drop=true", "! identity drop-probability=1.0", "focus", true),
  ])
  func checkFindsWhatDoesNotWork(
    name: String, find: String, replace: String, cause: String, hasLine: Bool
  ) async throws {
    let good = try String(contentsOfFile: Paths.pipeline(name), encoding: .utf8)
    let bad = good.replacing(find, with: replace)
    try #require(bad != good)
    let folder = try TemporaryFolder()
    try folder.write(name, bad)
    let template = try PipelineTemplate(contentsOf: "\(folder.path)/\(name).launch")
    let error = await #expect(throws: PipelineFileError.self) {
      try await template.check(deadline: .seconds(3))
    }
    #expect(error?.cause.contains(cause) == true, "\(error.map(String.init(describing:)) ?? "")")
    #expect((error?.line != nil) == hasLine, "\(error.map(String.init(describing:)) ?? "")")
  }

  private static func line(of text: String, in file: String) -> Int? {
    file.split(separator: "\n", omittingEmptySubsequences: false)
      .firstIndex { !$0.hasPrefix("#") && $0.contains(text) }.map { $0 + 1 }
  }
}
