"""The real nginx, Caddy and HAProxy in front of the server, with exactly the settings in docs/operations.md."""
import os
import re
import socket
import ssl
import subprocess
import time

from support.server import ROOT

PREFIX = "/exam"
DOCUMENT = ROOT / "docs/operations.md"


def snippet(language):
    """The only code block in this language in the document."""
    blocks = re.findall(rf"^```{language}\n(.*?)^```$", DOCUMENT.read_text(encoding="utf-8"), re.S | re.M)
    assert len(blocks) == 1, f"{len(blocks)} blocks of {language}"
    return blocks[0]


def replaced(text, *changes):
    """Each of the changes must apply."""
    for old, new in changes:
        assert old in text, f"{old!r} is no more in {DOCUMENT.name}"
        text = text.replace(old, str(new))
    return text


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def make_certificate(folder):
    """A certificate for localhost and its key, and both in one file."""
    certificate, key, both = (folder / name for name in ("proxy.pem", "proxy.key", "proxy-both.pem"))
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30", "-subj",
         "/CN=proxy", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key, "-out", certificate],
        check=True, capture_output=True)
    both.write_text(certificate.read_text() + key.read_text())
    return certificate, key, both


class Proxy:
    """Speaks TLS on `port` of loopback and is found under /exam. `server_settings` are those of the document, for the server
    behind it, which is to listen on `upstream`."""

    def __init__(self, kind, folder):
        self.folder, self.kind = folder, kind
        self.port, self.upstream = free_port(), free_port()
        self.url = f"https://localhost:{self.port}{PREFIX}"
        self.access_log = folder / "access.log"
        self.process = None
        self.certificate, self.key, self.both = make_certificate(folder)
        (folder / "password").write_text("the word of a teacher\n")

    def server_settings(self):
        file = self.folder / "exam.yaml"
        file.write_text(replaced(
            snippet("yaml"), ("https://school.example/exam/", f"{self.url}/"),
            ("/etc/exam-monitoring/password", self.folder / "password")))
        return file

    def start(self):
        command, environment = getattr(self, f"_{self.kind}")()
        self.output = open(self.folder / f"{self.kind}.log", "w+")
        self.process = subprocess.Popen(
            command, cwd=self.folder, stdout=self.output, stderr=subprocess.STDOUT, env=os.environ | environment)
        end = time.monotonic() + 20
        context = ssl.create_default_context(cafile=self.certificate)
        while True:
            try:
                with socket.create_connection(("127.0.0.1", self.port), 5) as plain:
                    context.wrap_socket(plain, server_hostname="localhost").close()
                return self
            except OSError as problem:
                assert self.process.poll() is None and time.monotonic() < end, f"{problem}: {self.log()}"
                time.sleep(0.05)

    def stop(self):
        if self.process:
            self.process.terminate()
            self.process.wait(20)
            self.output.close()

    def log(self):
        """Everything the proxy wrote."""
        files = [self.folder / f"{self.kind}.log", self.access_log]
        return "".join(file.read_text(encoding="utf-8") for file in files if file.exists())

    def _nginx(self):
        block = replaced(
            snippet("nginx"), ("listen 443 ssl;", f"listen 127.0.0.1:{self.port} ssl;"), ("    listen [::]:443 ssl;\n", ""),
            ("school.example;", "localhost;"), ("/etc/ssl/school.example.pem", self.certificate),
            ("/etc/ssl/private/school.example.key", self.key), ("/var/log/nginx/exam.log", self.access_log),
            ("server 127.0.0.1:8080;", f"server 127.0.0.1:{self.upstream};"))
        (self.folder / "exam-monitoring.conf").write_text(block)
        temporary = "".join(
            f"{name}_temp_path {self.folder}/{name};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        main = self.folder / "nginx.conf"
        user = "user root;\n" if os.getuid() == 0 else ""
        main.write_text(
            f"{user}daemon off;\npid {self.folder}/nginx.pid;\nerror_log stderr;\nworker_processes 1;\nevents {{}}\n"
            f"http {{\naccess_log off;\n{temporary}include {self.folder}/exam-monitoring.conf;\n}}\n")
        return ["/usr/sbin/nginx", "-c", main, "-p", self.folder], {}

    def _caddy(self):
        site = replaced(
            snippet("caddy"), ("school.example {", f"https://localhost:{self.port} {{\n\tbind 127.0.0.1\n\ttls {self.certificate} {self.key}"),
            ("127.0.0.1:8080", f"127.0.0.1:{self.upstream}"), ("/var/log/caddy/exam.log", self.access_log))
        file = self.folder / "Caddyfile"
        # No administration interface, and no port for redirections, both of which others could be using.
        file.write_text("{\n\tadmin off\n\tauto_https disable_redirects\n}\n" + site)
        home = {"HOME": str(self.folder), "XDG_CONFIG_HOME": str(self.folder), "XDG_DATA_HOME": str(self.folder)}
        return ["/usr/bin/caddy", "run", "--adapter", "caddyfile", "--config", file], home

    def _haproxy(self):
        file = self.folder / "haproxy.cfg"
        file.write_text(replaced(
            snippet("haproxy"), ("bind :443", f"bind 127.0.0.1:{self.port}"), ("/etc/haproxy/school.example.pem", self.both),
            ("127.0.0.1:8080", f"127.0.0.1:{self.upstream}")))
        return ["/usr/sbin/haproxy", "-W", "-db", "-f", file], {}
