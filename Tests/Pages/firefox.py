"""Firefox over WebDriver BiDi: JSON through a WebSocket, no other driver. Its fake camera shows a test pattern and no face."""
import base64
import json
import os
import re
import subprocess
import threading
import time

from websockets.sync.client import connect

FIREFOX = os.environ.get("FIREFOX", "firefox-esr")
PATIENCE = 30  # seconds

PREFERENCES = {
    "media.navigator.streams.fake": True,
    "media.navigator.permission.disabled": True,
    "media.autoplay.default": 0,
    # The second window must not send the first to the background.
    "widget.windows.window_occlusion_tracking.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.page": 0,
    "browser.aboutwelcome.enabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "toolkit.telemetry.reportingpolicy.firstRun": False,
    # Nothing is requested from the network except our own server.
    "app.normandy.enabled": False,
    "app.update.disabledForTesting": True,
    "browser.safebrowsing.downloads.remote.enabled": False,
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "extensions.update.enabled": False,
    "extensions.systemAddon.update.enabled": False,
    "media.gmp-manager.updateEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "data:,",
}


class Firefox:
    def __init__(self, profile):
        lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in PREFERENCES.items()]
        (profile / "user.js").write_text("".join(lines))
        self.process = subprocess.Popen(
            [FIREFOX, "--headless", "--no-remote", "--profile", str(profile), "--remote-debugging-port", "0"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        try:
            self._begin()
        except BaseException:
            self.kill()
            raise

    def _begin(self):
        told = []
        for line in self.process.stderr:
            told.append(line)
            if found := re.search(r"WebDriver BiDi listening on (ws://\S+)", line):
                break
        else:
            raise RuntimeError(f"{FIREFOX} did not start:\n{''.join(told)}")
        threading.Thread(target=self.process.stderr.read, daemon=True).start()
        self.socket = connect(f"{found[1]}/session", max_size=None, compression=None, legacy=True)
        self.last = 0
        self.errors = []
        # A page that asks before it is left must not delay the test.
        self.command("session.new", capabilities={"alwaysMatch": {"unhandledPromptBehavior": {"default": "accept"}}})
        self.command("session.subscribe", events=["log.entryAdded"])

    def command(self, method, **params):
        self.last += 1
        self.socket.send(json.dumps({"id": self.last, "method": method, "params": params}))
        deadline = time.monotonic() + PATIENCE
        while True:
            message = json.loads(self.socket.recv(max(0, deadline - time.monotonic())))
            if message.get("id") == self.last:
                if message["type"] == "error":
                    raise RuntimeError(f"{method}: {message['error']}: {message['message']}")
                return message["result"]
            if message.get("method") == "log.entryAdded" and message["params"]["level"] == "error":
                entry = message["params"]
                place = ((entry.get("stackTrace") or {}).get("callFrames") or [{}])[0]
                self.errors.append(f"{entry['text']} ({place.get('url')}:{place.get('lineNumber')})")

    def page(self):
        """A window of its own: a tab would hide the others."""
        context = self.command("browsingContext.create", type="window")["context"]
        self.command("browsingContext.setViewport", context=context, viewport={"width": 1280, "height": 800})
        return Page(self, context)

    def close(self):
        try:
            self.command("browser.close")
            self.socket.close()
            self.process.wait(10)
        except Exception:  # whatever it is, the process must go
            self.kill()

    def kill(self):
        self.process.kill()
        self.process.wait()


class Page:
    def __init__(self, browser, context):
        self.browser = browser
        self.context = context

    def goto(self, url):
        self.browser.command("browsingContext.navigate", context=self.context, url=url, wait="complete")

    def evaluate(self, function, *arguments):
        """Calls a function in the page with plain values; its result comes back as JSON."""
        result = self.browser.command(
            "script.callFunction", target={"context": self.context}, awaitPromise=True,
            functionDeclaration=f"async text => JSON.stringify(await ({function})(...JSON.parse(text)) ?? null)",
            arguments=[{"type": "string", "value": json.dumps(arguments)}])
        if result["type"] == "exception":
            raise RuntimeError(result["exceptionDetails"]["text"])
        return json.loads(result["result"]["value"])

    def wait(self, function, *arguments, patience=PATIENCE):
        """Waits until the function's result is true; returns it."""
        deadline = time.monotonic() + patience
        while not (answer := self.evaluate(function, *arguments)):
            if time.monotonic() > deadline:
                picture = self.screenshot()
                raise AssertionError(f"never true: {function} {arguments}; the page says: {self.text()!r}; {picture}")
            time.sleep(0.1)
        return answer

    def wait_text(self, selector, text):
        self.wait("(selector, text) => document.querySelector(selector)?.textContent.includes(text)", selector, text)

    def text(self):
        return self.evaluate("() => document.body.innerText")

    def click(self, selector):
        """With the mouse, in the middle of its visible part."""
        visible = "selector => { const e = document.querySelector(selector); e?.scrollIntoView({block: 'nearest'}); return e?.getClientRects().length > 0 && !e.disabled; }"
        self.wait(visible, selector)
        node = self.browser.command(
            "browsingContext.locateNodes", context=self.context, locator={"type": "css", "value": selector})["nodes"][0]
        origin = {"type": "element", "element": {"sharedId": node["sharedId"]}}
        self._perform("pointer", [
            {"type": "pointerMove", "x": 0, "y": 0, "origin": origin},
            {"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}])

    def fill(self, selector, text):
        self.click(selector)
        self.type(text)

    def type(self, text):
        self._perform("key", [{"type": kind, "value": key} for key in text for kind in ("keyDown", "keyUp")])

    def press_enter(self):
        self.type("\ue007")

    def press_escape(self):
        self.type("\ue00c")

    def screenshot(self):
        """Into a file next to pytest's others, for whoever examines the failure."""
        data = self.browser.command("browsingContext.captureScreenshot", context=self.context)["data"]
        path = f"{os.environ.get('TMPDIR', '/tmp')}/firefox-{self.context}.png"
        with open(path, "wb") as out:
            out.write(base64.b64decode(data))
        return path

    def _perform(self, kind, actions):
        self.browser.command("input.performActions", context=self.context,
                             actions=[{"type": kind, "id": kind, "actions": actions}])
