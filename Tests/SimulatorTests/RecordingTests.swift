import ArgumentParser
import Foundation
import Testing

@testable import Simulator

@Suite struct RecordingTests {
  static let folder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().appending(
      path: "Recordings"
    ).path

  /// Writes a file, reads it as an upload, and removes it.
  private func read(_ bytes: [UInt8]) throws -> Recording {
    let path = NSTemporaryDirectory() + UUID().uuidString
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try RecordingFile.read(path, rate: 10)
  }

  private func complaint(_ bytes: [UInt8]) -> String {
    do {
      _ = try read(bytes)
      return "nothing"
    } catch {
      return "\(error)"
    }
  }

  private func shipped(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(fileURLWithPath: "\(Self.folder)/\(name)")))
  }

  @Test func readsWhatComesWithTheProgram() throws {
    for media in ["video/x-vp8", "image/jpeg", "video/webm;codecs=vp8"] {
      let configuration = try RehearsalConfiguration.parse(
        ["--recordings-dir", Self.folder, "--media", media])
      let clips = try RecordingLibrary(configuration).clips(of: .ordinary)
      #expect(clips.ordinary.media == media)
      #expect(clips.ordinary.messages.count == 48)
      #expect((4.75...4.85).contains(clips.ordinary.duration), "\(media): \(clips.ordinary.duration) s")
    }
  }

  @Test func readsIVF() throws {
    let clip = try read(shipped("dark_vp8.ivf"))
    #expect(clip.media == "video/x-vp8" && clip.frames.count == 30)
    #expect(clip.frames.filter(\.isKey).count < 6)
    #expect(abs(clip.frames[10].offset - 1) < 0.001 && abs(clip.duration - 3) < 0.001)
  }

  @Test func readsJPEGPictures() throws {
    let clip = try read(shipped("jpeg_worker_320_q70.mjpeg"))
    #expect(clip.media == "image/jpeg" && clip.frames.count == 121)
    #expect(clip.frames.allSatisfy { $0.isKey && $0.data.suffix(2) == [0xff, 0xd9] })
    #expect(abs(clip.frames[10].offset - 1) < 0.001)
  }

  @Test func readsWebM() throws {
    let clip = try read(shipped("mr_webm_vp8_400.webm"))
    #expect(clip.media == "video/webm;codecs=vp8" && clip.frames.count > 100)
    // The lowest bit of a VP8 frame says the same as the container.
    #expect(clip.frames.allSatisfy { $0.isKey == ($0.data[0] & 1 == 0) })
  }

  @Test func readsFramesWithAnIndexAndTheirLayers() throws {
    let clip = try RecordingFile.read(
      "\(Self.folder)/moving_vp8_l1t3_480x360_300_10.vp8frames", rate: 1)
    #expect(clip.media == "video/x-vp8" && clip.frames.count == 120 && abs(clip.rate - 10) < 0.01)
    #expect(clip.frames.indices.allSatisfy { clip.frames[$0].temporalLayer == [0, 2, 1, 2][$0 % 4] })
    #expect(clip.frames.indices.filter { clip.frames[$0].isKey } == [0, 48, 96])
    #expect(throws: RehearsalError.self) { try RecordingFile.read("/nowhere/at/all.vp8frames", rate: 10) }
  }

  @Test func saysWhatIsWrongWithAFile() throws {
    let ivf = try shipped("dark_vp8.ivf")
    #expect(complaint([]).contains("neither IVF nor WebM nor JPEG"))
    #expect(complaint(Array("hello, world".utf8)).contains("neither IVF nor WebM nor JPEG"))
    #expect(complaint(Array(ivf.prefix(20))).contains("cut off inside its header"))
    #expect(complaint(Array(ivf.prefix(32))).contains("no picture"))
    #expect(complaint(Array(ivf.prefix(5000))).contains("cut off in frame 1"))
    #expect(
      complaint(Array("DKIF".utf8) + [0, 0, 32, 0] + Array("VP90".utf8) + ivf[12...]).contains("holds VP90"))
    let first = 32 + 12 + Int(ivf[32]) + Int(ivf[33]) << 8
    #expect(complaint(Array(ivf[..<32] + ivf[first...])).contains("does not begin with a key frame"))
    #expect(complaint([0xff, 0xd8, 0xff, 0xe0]).contains("no picture"))
    let webm = try shipped("mr_webm_vp8_400.webm")
    #expect(complaint(Array(webm.prefix(50))).contains("no picture"))
    #expect(complaint(Array(webm.prefix(200))).contains("cut off before its first picture"))
    #expect(throws: RehearsalError.self) { try RecordingFile.read("/nowhere/at/all", rate: 10) }
  }

  @Test func everyBrokenFileIsAnErrorAndNoCrash() throws {
    for name in ["dark_vp8.ivf", "mr_webm_vp8_400.webm", "jpeg_worker_320_q70.mjpeg"] {
      let bytes = Array(try shipped(name).prefix(20_000))
      for count in stride(from: 0, to: 600, by: 7) { _ = try? read(Array(bytes.prefix(count))) }
      var generator = SystemRandomNumberGenerator()
      for _ in 0..<100 {
        var broken = bytes
        for _ in 0..<5 {
          broken[Int.random(in: 4..<400, using: &generator)] = .random(in: 0...255, using: &generator)
        }
        _ = try? read(broken)
      }
    }
  }

  @Test func writesWebMThatReadsAsBefore() throws {
    let clip = try read(shipped("mr_webm_vp8_400.webm"))
    var writer = WebMWriter(header: try #require(clip.containerHeader))
    var stream: [UInt8] = []
    for turn in 0..<8 {
      for frame in clip.frames {
        stream += writer.message(
          frame.data, isKey: frame.isKey, at: Int((Double(turn) * clip.duration + frame.offset) * 1000))
      }
    }
    let again = try read(stream)
    #expect(again.frames.count == clip.frames.count * 8)
    for (index, frame) in again.frames.enumerated() {
      let original = clip.frames[index % clip.frames.count]
      let offset = Double(index / clip.frames.count) * clip.duration + original.offset
      #expect(
        frame.data == original.data && frame.isKey == original.isKey && abs(frame.offset - offset) < 0.002)
    }
  }

  @Test func aFrozenCameraRepeatsOnePictureAtTheSamePace() throws {
    let clip = try read(shipped("empty_room_vp8.ivf"))
    let frozen = try clip.frozen()
    #expect(Set(frozen.frames.map(\.data)).count == 1)
    #expect(abs(frozen.rate - clip.rate) < 0.01)
  }
}
