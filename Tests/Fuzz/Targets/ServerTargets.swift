import CFuzz
import ExamModel
import Foundation
import Synchronization

@testable import ExamServer

/// Text from people and pages, and operators' settings.
extension FuzzTarget {
  static let studentMessage = message("student_message", StudentMessage.self)
  static let teacherMessage = message("teacher_message", TeacherMessage.self)

  private static func message<Message: Decodable & SendableMetatype>(
    _ name: String, _ type: Message.Type
  ) -> FuzzTarget {
    FuzzTarget(name: name) { bytes in
      do throws(WireError) {
        _ = try WireJSON.decode(type, from: Array(bytes))
      } catch {
        require(!error.detail.isEmpty && error.detail.unicodeScalars.count <= 301, "words: \(error.detail)")
      }
    }
  }

  /// Cleaning a name twice changes nothing.
  static let personName = FuzzTarget(name: "person_name") { bytes in
    guard let name = PersonName(String(decoding: bytes, as: UTF8.self)) else { return }
    require(
      !name.text.isEmpty && name.text.count <= PersonName.maximumLength, "\(name.text.count) characters")
    require(PersonName(name.text)?.text == name.text, "\(name.text) is cleaned to another name")
  }

  /// An operator's YAML file. It is read from a path, so the bytes are in memory under one.
  static let configuration = FuzzTarget(name: "configuration") { bytes in
    let path = "/dev/shm/exam-fuzz-\(getpid()).yaml"
    guard FileManager.default.createFile(atPath: path, contents: Data(bytes)) else {
      fatalError("\(path) cannot be written")
    }
    defer { unlink(path) }
    do {
      _ = try SettingSources(environment: [:], file: path).load()
    } catch {
      require(!"\(error)".isEmpty, "an error without words")
    }
  }

  /// The plan of a network; a valid one is run.
  static let modelPlan = FuzzTarget(name: "model_plan") { bytes in
    fuzz_model_plan(bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count)
  }
}
