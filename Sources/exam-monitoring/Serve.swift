import ArgumentParser
import ExamServer
import Foundation

struct Serve: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Runs the server.",
    discussion: """
      Every option can also be set as an environment variable (EXAM_MONITORING_PORT for --port) or in the file given \
      with --config; the command line comes first, then the environment, then the file.
      """)

  @Option(help: "Address to listen on (default 127.0.0.1). Any other than loopback needs a password and TLS.")
  var host: String?
  @Option(help: "Port to listen on (default 8080); 0 takes any free one.")
  var port: Int?
  @Option(help: "Folder for all that the server writes (default data).")
  var dataDir: String?
  @Option(help: "YAML file with settings.")
  var config: String?
  @Option(help: "Folder with the pages (default Web).")
  var webDir: String?
  @Option(help: "Folder with the pipeline files (default Pipelines).")
  var pipelinesDir: String?
  @Option(help: "Folder with the face models (default Models).")
  var modelsDir: String?
  @Option(help: "PEM file with the certificate (chain).")
  var certificate: String?
  @Option(help: "PEM file with the certificate's private key.")
  var privateKey: String?
  @Option(
    help:
      "The address people use, such as https://school.example/exam/, where a proxy stands before the server.")
  var publicUrl: String?
  @Option(
    help: "Addresses and networks of proxies to be believed whom a request is from, separated by commas.")
  var trustedProxies: String?
  @Option(help: "File with the password that teachers need to create an exam.")
  var teacherPasswordFile: String?
  @Flag(help: "Make a certificate for a trial; browsers will warn of it.")
  var selfSigned = false
  @Flag(help: "If the database cannot be read, put it aside and begin a new one. Nothing is deleted.")
  var freshDatabase = false

  func run() async throws {
    GLibAllocator.useMalloc()
    var overrides: [String: String] = [:]
    overrides["host"] = host
    overrides["port"] = port.map(String.init)
    overrides["data_dir"] = dataDir
    overrides["web_dir"] = webDir
    overrides["pipelines_dir"] = pipelinesDir
    overrides["models_dir"] = modelsDir
    overrides["certificate"] = certificate
    overrides["private_key"] = privateKey
    overrides["public_url"] = publicUrl
    overrides["trusted_proxies"] = trustedProxies
    overrides["teacher_password_file"] = teacherPasswordFile
    if selfSigned { overrides["self_signed"] = "true" }
    if freshDatabase { overrides["fresh_database"] = "true" }
    let settings = SettingSources(
      commandLine: overrides, environment: ProcessInfo.processInfo.environment, file: config)
    try await ExamService(settings: settings).run { address in
      // Not print: its buffer would delay the line for a program that waits for it.
      let text = "ExamMonitoring is ready at \(address)\nPress Ctrl-C to stop it.\n"
      FileHandle.standardOutput.write(Data(text.utf8))
    }
  }
}
