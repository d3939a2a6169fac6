import Testing

@testable import MediaPipeline

/// What an MP4 may claim before a demuxer sees it.
@Suite(.timeLimit(.minutes(2))) struct SampleTableTests {
  private func number(_ value: Int) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) }
  }

  private func box(_ name: String, _ content: [UInt8]) -> [UInt8] {
    number(8 + content.count) + Array(name.utf8) + content
  }

  /// Without a field of its own for each sample.
  private func trun(_ samples: Int) -> [UInt8] { box("trun", number(0) + number(samples)) }
  private func stsz(_ samples: Int) -> [UInt8] { box("stsz", number(0) + number(5) + number(samples)) }
  private func fragment(_ runs: [UInt8]) -> [UInt8] { box("moof", box("traf", runs)) }

  /// In pieces of every size, and not in what only looks like it.
  @Test func whatIsClaimedIsCounted() {
    let most = SampleTableWatch.maximumSamples
    let tooMany = "the recording lists more than \(most) samples"
    let compressed = "the header of the recording is compressed"
    for (bytes, finding) in [
      (fragment(trun(most)), nil), (fragment(trun(most + 1)), tooMany),
      (fragment(trun(most / 2) + trun(most / 2)), nil),
      (fragment(trun(most / 2)) + box("mdat", number(0)) + fragment(trun(most / 2 + 1)), tooMany),
      (fragment(trun(0xffff_ffff)), tooMany), (box("moov", stsz(most)), nil),
      (box("moov", stsz(most + 1)), tooMany), (box("moov", stsz(most) + trun(1)), tooMany),
      (box("moov", box("cmov", box("dcom", Array("zlib".utf8)) + box("cmvd", number(9)))), compressed),
      (box("moov", box("cmvd", [])), compressed), (Array("a trunk, a trunk, one cmvd".utf8), nil),
      ([], nil),
    ] as [([UInt8], String?)] {
      for size in [1, 2, 3, 7, 19, 20, 1000] {
        var watch = SampleTableWatch()
        let found = stride(from: 0, to: bytes.count, by: size).lazy.compactMap { start in
          bytes[start..<min(start + size, bytes.count)].withUnsafeBytes { watch.problem(in: $0) }
        }.first
        #expect(found == finding, "\(bytes.count) bytes in pieces of \(size)")
      }
    }
  }

  /// A file that an operator adds, and an attack based on a good recording.
  @Test func nothingOfThemReachesTheDemuxer() async throws {
    let good = try await TestPictures.run(
      "videotestsrc num-buffers=40 ! video/x-raw,format=I420,width=160,height=120,framerate=10/1 ! x264enc tune=zerolatency key-int-max=10"
        + " ! h264parse ! mp4mux fragment-duration=1000 streamable=true")
    let template = try PipelineTemplate(
      text: """
        appsrc name=ingest format=bytes caps=video/quicktime ! qtdemux ! h264parse ! avdec_h264 ! videoconvert ! tee name=t
        t. ! video/x-raw,format=I420 ! appsink name=faces
        t. ! jpegenc ! appsink name=tile
        t. ! jpegenc ! appsink name=focus
        """, path: "operator.launch")
    let run = try #require(good.firstRange(of: Array("trun".utf8)))
    let header = try #require(good.firstRange(of: Array("moov".utf8)))
    let compressed = box(
      "moov", box("cmov", box("dcom", Array("zlib".utf8)) + box("cmvd", number(0xffff_ffff))))
    for (bytes, answer) in [
      (good, .accepted),
      (
        good[..<run.upperBound] + number(0) + number(4_000_000) + good[(run.upperBound + 8)...],
        .needsRestart("the recording lists more than 500000 samples")
      ),
      (
        good[..<(header.lowerBound - 4)] + compressed,
        .needsRestart("the header of the recording is compressed")
      ),
    ] as [([UInt8], IngestResult)] {
      let recorder = Recorder()
      let live = try await LivePipeline.start(
        template, name: "operator", analysisRate: .infinity, taps: recorder.taps)
      #expect(live.ingest.push(bytes) == answer)
      if answer == .accepted {
        #expect(await eventually { !recorder.now.analysis.isEmpty }, "\(recorder.now.failures)")
      }
      await live.stop()
    }
  }
}
