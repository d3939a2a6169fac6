"""A connection between a browser and the server that can be cut, frozen, and slowed down."""
import random
import socket
import threading
import time


class Network:
    """Forwards TCP. cut(): every connection is reset and new ones are refused. freeze(): everything stays open and nothing
    moves, as with a server that hangs. narrow(): from now on it carries so much, and loses some. answer(): something in between
    answers every request with these bytes. restore(): all is well again."""

    SEGMENT = 1460  # bytes that TCP sends at once over Ethernet
    RETRANSMISSION = 0.3  # seconds until lost data have arrived at the second attempt

    def __init__(self, port):
        self.target = port
        self.moving = threading.Event()
        self.moving.set()
        self.lock = threading.Lock()
        self.pairs = []
        self.bits_per_second = self.loss = None
        self.random = random.Random(1)
        self.reply = None
        self.listener = None
        self.port = 0
        self._listen()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def cut(self):
        # A thread waiting in accept() would keep the port alive after close(): shutdown wakes it.
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.listener = None
        self._cut_all()

    def _cut_all(self):
        with self.lock:
            pairs, self.pairs = self.pairs, []
        for pair in pairs:
            for end in pair:
                _close(end)

    def answer(self, status, body, type="text/html"):
        self.reply = (f"HTTP/1.1 {status} Because\r\nContent-Type: {type}\r\nContent-Length: {len(body)}\r\n"
                      f"Connection: close\r\n\r\n{body}").encode()
        self._cut_all()

    def freeze(self):
        self.moving.clear()

    def narrow(self, bits_per_second, loss):
        """In each direction. TCP hides losses: everything after one waits until it was sent again."""
        self.bits_per_second, self.loss = bits_per_second, loss

    def restore(self):
        self.bits_per_second = self.loss = self.reply = None
        self.moving.set()
        if self.listener is None:
            self._listen()

    def close(self):
        self.moving.set()
        if self.listener:
            self.cut()

    def _listen(self):
        self.listener = socket.create_server(("127.0.0.1", self.port), backlog=64)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, args=(self.listener,), daemon=True).start()

    def _accept(self, listener):
        while True:
            try:
                near, _ = listener.accept()
            except OSError:
                return
            if self.reply:
                threading.Thread(target=self._answer, args=(near, self.reply), daemon=True).start()
                continue
            try:
                far = socket.create_connection(("127.0.0.1", self.target))
            except OSError:
                near.close()
                continue
            with self.lock:
                self.pairs.append((near, far))
            for end in (near, far):
                # Little data waits on a wire; the system's buffers would hold seconds of it.
                end.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16 * 1024)
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=self._pump, args=(source, sink), daemon=True).start()

    def _answer(self, near, reply):
        try:
            if near.recv(65536):
                near.sendall(reply)
        except OSError:
            pass
        finally:
            _close(near)

    def _pump(self, source, sink):
        try:
            while data := source.recv(self.SEGMENT if self.loss else 65536):
                self.moving.wait()
                if self.loss:
                    time.sleep(len(data) * 8 / self.bits_per_second)
                    if self.random.random() < self.loss:
                        time.sleep(self.RETRANSMISSION)
                sink.sendall(data)
        except OSError:
            pass
        finally:
            _close(source)
            _close(sink)


def _close(end):
    try:
        end.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
    end.close()
