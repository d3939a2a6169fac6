/// The texts for teachers and the log about a store in trouble.
enum StoreWords {
  /// What would be lost now.
  static func waiting(_ count: Int, _ one: String, _ many: String) -> String {
    switch count {
    case 0: "nothing waits in memory just now"
    case 1: "1 \(one) waits in memory and is lost if the server ends now"
    default: "\(count) \(many) wait in memory and are lost if the server ends now"
    }
  }
}
