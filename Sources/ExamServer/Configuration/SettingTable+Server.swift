import WebGateway

/// The server itself: where it is, what it reads, who gets in.
extension SettingTable {
  static let listening = SettingSection(
    title: "Where it listens",
    settings: [
      Setting(
        "host", .text, "127.0.0.1",
        """
        Numeric address to listen on; 0.0.0.0 and :: are all addresses of this machine. Any other than loopback needs a \
        teacher password, and a certificate or trusted_proxies.
        """),
      Setting(
        "port", .whole(0...65535), "8080", "TCP port; 0 takes any free one, and the address is printed."),
    ])

  static let folders = SettingSection(
    title: "Folders",
    settings: [
      Setting(
        "data_dir", .text, "data",
        "Everything the server writes: the database, pictures of alerts, server.log. docs/data.md says what is in it."
      ),
      Setting(
        "web_dir", .text, "Web",
        """
        The pages. They are held in memory (at most 64 MiB); a changed one is served within two seconds. They need Debian's \
        libjs-i18next.
        """),
      Setting(
        "pipelines_dir", .text, "Pipelines", "The pipeline files; Pipelines/README.md says how to tune them."),
      Setting("models_dir", .text, "Models", "The face models; `make models` fetches them."),
    ])

  static let admission = SettingSection(
    title: "Who may create exams",
    settings: [
      Setting(
        "teacher_password", .secret, "",
        """
        Required to create an exam, if set; at least 10 characters. There is no option for it on the command line, where \
        others could read it. How often it can be guessed: docs/admission.md.
        """, effect: .reload),
      Setting(
        "teacher_password_file", .text, "",
        "A file with the password as its only line, which keeps it out of this file and the environment.",
        effect: .reload),
    ])

  static let proxies = SettingSection(
    title: "Addresses and proxies",
    introduction: "docs/operations.md has examples with nginx, Caddy and HAProxy.",
    settings: [
      Setting(
        "public_url", .text, "",
        "The address people use, such as https://school.example/exam/, if it differs from the one listened on."
      ),
      Setting(
        "trusted_proxies", .list, "",
        "Addresses and networks such as 10.0.0.0/8 of the proxies that are trusted to name the client."),
      Setting(
        "forwarded_header", .choice(ForwardedHeader.allCases.map(\.rawValue)),
        ForwardedHeader.xForwardedFor.rawValue,
        "The header in which they do so; forwarded is that of RFC 7239."),
      Setting(
        "allowed_hosts", .list, "",
        """
        Names or addresses, without ports, by which the server may be reached besides public_url, loopback and the address \
        it listens on.
        """),
      Setting(
        "allowed_origins", .list, "",
        "Other origins such as https://wall.example whose pages may open a socket."),
    ])

  static let encryption = SettingSection(
    title: "Encryption",
    introduction: "Browsers allow the camera only on https, and on http from localhost.",
    settings: [
      Setting(
        "certificate", .text, "",
        "PEM file with the certificate and its chain. With it the server speaks https, TLS 1.2 or newer. SIGHUP reads it anew."
      ),
      Setting("private_key", .text, "", "PEM file with the certificate's key."),
      Setting(
        "self_signed", .flag, "false",
        "Create a certificate for a trial and keep it in data_dir; browsers warn of it."),
    ])

  static let faceCheck = SettingSection(
    title: "Face check",
    settings: [
      Setting(
        "checks_per_second", .number(0.2...10), "2", unit: "per second and student",
        "How often each student's picture is checked.",
        whenRaised: "costs processor time in proportion; windows of alerts end a little sooner"),
      Setting(
        "check_workers", .whole(0...64), "0", unit: "threads",
        "Threads that check faces, each with 27 MB; 0 takes half the cores.",
        whenRaised: "more students are checked in time, and less is left for decoding"),
      Setting(
        "face_backend", .choice(FaceBackend.allCases.map(\.rawValue)), FaceBackend.auto.rawValue,
        """
        What runs the models. own: the server's own inference, which needs AVX2 and a plan of the model \
        (docs/model-plan.md). opencv: OpenCV's, for any ONNX file on any processor at three to five times the cost, and 33 \
        MB a worker. auto: the first if possible, else the second; the log says at the start which, and why. A plan that is \
        damaged, or missing for one of the server's own models, stops the server: `make models` creates it.
        """),
      Setting(
        "centerface_sha256", .text, "",
        """
        SHA-256 of a model that you use instead of centerface.onnx, in 64 hexadecimal digits, preferably in a folder of its \
        own with models_dir. A file with any other digest is refused: a damaged model finds other faces.
        """),
      Setting("blazeface_sha256", .text, "", "The same for blazeface_short_range.onnx."),
    ])
}
