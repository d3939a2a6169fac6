import ExamModel
import GLibRuntime
import Testing

@testable import ExamServer

@Suite struct WireJSONTests {
  @Test func problemsAreSaidInTheSendersWords() {
    func problem(_ json: String) -> String? {
      do {
        _ = try WireJSON.decode(StudentMessage.self, from: json)
        return nil
      } catch { return error.detail }
    }
    #expect(problem("{")?.hasPrefix("the text is not valid JSON") == true)
    #expect(problem("{}") == "the field type is missing")
    #expect(problem(#"{"type":"hello"}"#) == "the field media is missing")
    #expect(problem(#"{"type":"hand","up":"yes"}"#) == "up has the wrong type")
    #expect(problem(#"{"type":"hand","up":true}"#) == nil)
  }
}
