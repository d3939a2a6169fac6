/// Bounds of what a store does at a time when others need the machine.
struct StoreLimits {
  /// Operations and bytes of pictures that wait in memory while the disk does not take them.
  var operations = 100_000
  var pictureBytes = 64 << 20
  /// On disk, where nothing is configured.
  var pictures = PictureQuota(
    exam: .init(pictures: 5000, bytes: 500_000_000), all: .init(pictures: 200_000, bytes: 20_000_000_000))
  /// How long whoever hands over something to be kept waits for it. That thread serves every socket; a write takes a
  /// tenth of a millisecond.
  var patience = Duration.milliseconds(20)
  /// How long all of them together are kept waiting in a second. As long as hundreds of writes take on a sound disk, and no
  /// more than a tenth of that thread's time.
  var patiencePerSecond = Duration.milliseconds(100)
  /// A database of so many pages, of 4 KiB, is written anew after an erasure although an exam is on: that takes about a
  /// tenth of a second, in which writers wait.
  var pagesRebuiltAtAnyTime = 4096
}
