/// Bounds of what a store does at a time when others need the machine.
struct StoreLimits {
  /// Entries and bytes of pictures that wait in memory while the disk does not take them.
  var entries = 100_000
  var pictureBytes = 64 << 20
  /// On disk, where nothing is configured.
  var pictures = PictureQuota(
    exam: .init(pictures: 5000, bytes: 500_000_000), all: .init(pictures: 200_000, bytes: 20_000_000_000))
  /// A database of so many pages, of 4 KiB, is written anew after an erasure although an exam is on: that takes about a
  /// tenth of a second, in which writers wait.
  var pagesRebuiltAtAnyTime = 4096
}
