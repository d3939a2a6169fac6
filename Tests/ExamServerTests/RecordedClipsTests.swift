import ExamModel
import Foundation
import Testing

@testable import ExamServer

/// Folders of observed clips: what is wrong with a file is told with its place.
@Suite struct RecordedClipsTests {
  private let folder = FileManager.default.temporaryDirectory.appending(path: "clips-\(UUID())")

  private func put(_ name: String, _ text: String) throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try text.write(to: folder.appending(path: name), atomically: true, encoding: .utf8)
  }

  /// What reading the folder complains of, without its path.
  private func complaint() -> String {
    defer { try? FileManager.default.removeItem(at: folder) }
    do {
      return "\(try RecordedClips.read(folder: folder.path).count) clips"
    } catch {
      return "\(error)".replacing(folder.path + "/", with: "")
    }
  }

  private static let look =
    #"{"at":0,"contrast":40,"edges":30,"faces":[{"box":[0.4,0.3,0.2,0.3],"score":0.9}],"luminance":120,"tier":"wholePicture"}"#

  @Test func aClipIsItsLooksAndItsLabels() throws {
    try put("a.looks.jsonl", Self.look + "\n\n" + Self.look.replacing("\"at\":0", with: "\"at\":0.5") + "\n")
    try put(
      "a.json",
      """
      {"condition": "dim", "group": "g", "note": "n",
       "events": [{"kind": "camera_covered", "from": 0.2, "or": ["face_missing"], "note": "x"}],
       "tolerated": [{"kind": "several_faces", "from": 0, "to": 1}],
       "upload": [{"from": 0.1, "to": 0.4, "how": "dropped"}], "status": [{"at": 0.3, "page": "hidden"}]}
      """)
    let clip = try #require(try RecordedClips.read(folder: folder.path).first)
    #expect(clip.name == "a" && clip.looks.count == 2 && clip.seconds == 1)
    #expect(clip.looks[1].observation.faces.count == 1)
    #expect(
      clip.labels
        == ClipLabels(
          condition: "dim", group: "g",
          events: [.init(kind: .cameraCovered, from: 0.2, to: 1, others: [.faceMissing])],
          tolerated: [.init(kind: .severalFaces, from: 0, to: 1)],
          upload: [.init(from: 0.1, to: 0.4, how: .dropped)],
          status: [.init(at: 0.3, report: PageReport(page: .hidden))]))
    #expect(complaint() == "1 clips")
  }

  @Test(arguments: [
    ("{}", "a.json: events: is missing"),
    ("{", "a.json: is not JSON"),
    (#"{"events": 3}"#, "a.json: events: is not a list"),
    (#"{"events": [], "event": []}"#, "a.json: event: is not a field of a label file"),
    (
      #"{"events": [{"kind": "face_gone", "from": 1}]}"#,
      "a.json: events[0].kind: there is no face_gone; it is one of"
    ),
    (#"{"events": [{"from": 1}]}"#, "a.json: events[0].kind: is missing"),
    (#"{"events": [{"kind": "face_missing", "from": "1"}]}"#, "a.json: events[0].from: is not a number"),
    (
      #"{"events": [{"kind": "face_missing", "from": -1}]}"#,
      "a.json: events[0].from: -1.0 is not in the clip"
    ),
    (
      #"{"events": [{"kind": "face_missing", "from": 4, "to": 4}]}"#, "a.json: events[0].to: 4.0 is not after"
    ),
    (#"{"events": [{"kind": "face_missing", "from": 4, "or": ["x"]}]}"#, "a.json: events[0].or[0]: "),
    (
      #"{"events": [], "upload": [{"from": 1, "to": 2, "how": "off"}]}"#,
      "a.json: upload[0].how: there is no off"
    ),
    (
      #"{"events": [], "status": [{"at": 1, "page": "gone"}]}"#,
      "a.json: status[0].page: is one of visible, hidden"
    ),
    (#"{"events": [], "status": [{"at": 1}]}"#, "a.json: status[0]: says nothing"),
  ]) func labelsThatCannotBeUsed(text: String, told: String) throws {
    try put("a.looks.jsonl", Self.look)
    try put("a.json", text)
    let complaint = complaint()
    #expect(complaint.hasPrefix(told), "\(complaint)")
  }

  @Test(arguments: [
    ("", "a.looks.jsonl: there is no look in it"),
    ("{\n", "a.looks.jsonl:1: is not JSON"),
    ("\n" + look.replacing("\"edges\":30,", with: ""), "a.looks.jsonl:2: edges: is missing"),
    (look.replacing("0.2,0.3]", with: "0.2]"), "a.looks.jsonl:1: "),
    (look + "\n" + look, "a.looks.jsonl:2: at: 0.0 is not after 0.0"),
    (look.replacing("\"at\":0", with: "\"at\":-1"), "a.looks.jsonl:1: at: -1.0 is not from 0 to"),
    (look.replacing("\"at\":0", with: "\"at\":1e300"), "a.looks.jsonl:1: at: 1e+300 is not from 0 to"),
  ]) func looksThatCannotBeUsed(text: String, told: String) throws {
    try put("a.looks.jsonl", text)
    try put("a.json", #"{"events": []}"#)
    let complaint = complaint()
    #expect(complaint.hasPrefix(told), "\(complaint)")
  }

  @Test func everythingWrongIsToldAtOnce() throws {
    try put("a.looks.jsonl", Self.look)
    try put("b.json", #"{"events": []}"#)
    try put("c.looks.jsonl", "")
    try put("c.json", #"{"events": []}"#)
    let lines = complaint().split(separator: "\n")
    #expect(lines.count == 3)
    #expect(lines[0].hasPrefix("b.json: there is no b.looks.jsonl beside it"))
    #expect(lines[1].hasPrefix("a.json: there is no such file; if nothing happens in the clip"))
  }

  @Test func aFolderWithoutLooksSaysWhatMakesThem() throws {
    #expect(complaint().contains("there is no such folder"))
    try put("readme.txt", "")
    #expect(complaint().contains("exam-monitoring observe VIDEO"))
  }
}
