"""Checks that all texts of the pages and of reports are in the catalogues of Web/text, and that they match.

`faults(web, report)` answers a sentence for each fault, none where all is well. Keys are those of i18next: `name_one`, `name_other`
are the plural forms of `name`; `name_student` is `name` in the context `student`.
"""
import json
import pathlib
import re
from html.parser import HTMLParser

import report_check
from js_tokens import HOLE, arguments, every, names_of_object, tokens

ROOT = pathlib.Path(__file__).resolve().parents[2]

# From Unicode CLDR, for whole numbers and fractions alike. Add new languages here.
PLURALS = {
    **dict.fromkeys(("da", "de", "en", "et", "fi", "hu", "nb", "nl", "nn", "sv", "tr"), {"one", "other"}),
    **dict.fromkeys(("ja", "ko", "vi", "zh"), {"other"}),
    **dict.fromkeys(("es", "fr", "it", "pt"), {"one", "many", "other"}),
    **dict.fromkeys(("cs", "lt", "pl", "ru", "sk", "uk"), {"one", "few", "many", "other"}),
    "ar": {"zero", "one", "two", "few", "many", "other"},
}
PLURAL = re.compile(r"_(zero|one|two|few|many|other)$")
PLACEHOLDER = re.compile(r"{{\s*(\w+)\s*(?:,\s*(\w+)\s*)?}}")
MARK = re.compile(r"<(\w+)(?:/>|>.*?</\1>)")
FORMATS = {"decapitalised", "lowercase"}
NO_PLACEHOLDERS = {"count", "context", "defaultValue", "skipInterpolation"}

# Functions that take a key: the number of that argument, suffixes added to it, and the number of the parameters' argument.
CALLS = {
    "t": (0, [""], 1), "compose": (0, [""], 2), "sentence": (1, [".title", ".text"], 3), "end": (0, [".title", ".text"], 3),
}
CONTEXTS = {"codec", "codes", "message", "note", "passwords", "silent", "student"}

HUMAN_ATTRIBUTES = {"alt", "title", "placeholder", "aria-label", "aria-description", "label"}
SELECTORS = {"querySelector", "querySelectorAll", "closest", "matches", "matchMedia"}
ALLOWED = {
    "Exam Monitoring": "the name of the product: the title of a page until its words are there, and where a link is previewed",
    "This page has not come in whole yet. Please check your connection and load it again; an old browser needs an update.":
        "where the words themselves do not come",
    "This page needs JavaScript. Please switch it on in your browser.": "where no script runs none fills in words",
}
# What only programs read.
TECHNICAL = re.compile(
    r"Bearer \ufffc|Authorization|Content-Type|Retry-After|Etc/Unknown|Offscreen\w+|Media\w+|Video\w+|Image\w+"
    r"|Not\w+Error|(?:Security|Overconstrained|Abort)Error|Arrow\w+|Enter|Escape|:scope .*")
WORDS = re.compile(r"[^\W\d_][,;:.!?…]? [^\W\d_\ufffc]|[^\W\d_][,;:.!?…]? \ufffc|\ufffc[,;:.!?…]? [^\W\d_]|^[A-Z][a-z]")


def kinds(of="kinds"):
    """The wire names of alerts, or of grants."""
    return [row["kind"] for row in json.loads((ROOT / "docs/alert-kinds.json").read_text())[of]]


def told_programs():
    """What a page may report as the program that makes its camera's picture."""
    return next(row["says"]["bad"] for row in json.loads((ROOT / "docs/alert-kinds.json").read_text())["kinds"]
                if row.get("says", {}).get("field") == "program")


class Catalogue:
    def __init__(self, path):
        self.language = path.stem
        self.twice = []
        self.texts = {}  # key -> text, the forms of plurals apart
        self._flatten(json.loads(path.read_text(), object_pairs_hook=self._pairs), "")
        self.forms = {}  # key without plural -> {form: text}; one form "" without plural
        for key, text in self.texts.items():
            match = PLURAL.search(key)
            plural = match and PLURAL.sub("_other", key) in self.texts
            self.forms.setdefault(PLURAL.sub("", key) if plural else key, {})[match[1] if plural else ""] = text

    def _pairs(self, pairs):
        names = [name for name, _ in pairs]
        self.twice += [name for name in set(names) if names.count(name) > 1]
        return dict(pairs)

    def _flatten(self, node, key):
        if isinstance(node, dict):
            for name, inner in node.items():
                self._flatten(inner, f"{key}.{name}" if key else name)
        else:
            self.texts[key] = node

    def placeholders(self, key):
        return {m[1] for text in self.forms[key].values() for m in PLACEHOLDER.finditer(text)}

    def marks(self, key):
        return {m[1] for text in self.forms[key].values() for m in MARK.finditer(text)}

    def faults(self):
        where = f"text/{self.language}.json"
        for name in self.twice:
            yield f"{where}: {name} stands there twice"
        for key, text in self.texts.items():
            if not isinstance(text, str) or not text.strip():
                yield f"{where}: {key} is no text"
                continue
            rest = PLACEHOLDER.sub("", MARK.sub("", text))
            if re.search(r"{{|}}|\$t\(|</?\w", rest):
                yield f"{where}: {key} has a broken placeholder or mark"
            for match in PLACEHOLDER.finditer(text):
                if match[2] and match[2] not in FORMATS:
                    yield f"{where}: {key} has the unknown format {match[2]}"
        if self.language.split("-")[0] not in PLURALS:
            yield f"{where}: its plural forms are not known to {pathlib.Path(__file__).name}"
            return
        for key, forms in self.forms.items():
            if "" not in forms and set(forms) != PLURALS[self.language.split("-")[0]]:
                yield f"{where}: {key} has the plural forms {', '.join(sorted(forms))}"


class Use:
    """A key that is used. params: None if they cannot be determined."""

    def __init__(self, where, key, params=frozenset(), marks=frozenset()):
        self.where, self.key, self.params, self.marks = where, key, params, marks


class Page(HTMLParser):
    VOID = {"meta", "link", "input", "img", "br"}

    def __init__(self, name):
        super().__init__()
        self.name, self.uses, self.literals, self.open = name, [], [], []

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        for name, value in attributes.items():
            if name.startswith("data-i18n-"):
                self.uses.append(Use(f"{self.name}:{self.getpos()[0]}", value))
            elif name in HUMAN_ATTRIBUTES and value and re.search(r"[^\W\d_]", value):
                self.literals.append((self.getpos()[0], value))
        use = None
        if "data-i18n" in attributes:
            use = Use(f"{self.name}:{self.getpos()[0]}", attributes["data-i18n"], marks=set())
            self.uses.append(use)
        if "data-part" in attributes:
            outer = next((use for _, use in reversed(self.open) if use), None)
            if outer:
                outer.marks.add(attributes["data-part"])
            else:
                self.literals.append((self.getpos()[0], f"data-part {attributes['data-part']} in no words"))
        if tag not in self.VOID:
            self.open.append((tag, use))

    def handle_endtag(self, tag):
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        # A single letter is the name of a key on the keyboard.
        if re.search(r"[^\W\d_]{2}", data):
            self.literals.append((self.getpos()[0], data.strip()))


class Script:
    """The keys that a module uses, and human-readable text in it."""

    def __init__(self, name, source, tops):
        self.name, self.tops = name, tops
        self.uses, self.literals, self.markup = [], [], []
        self.dynamic = set()  # parameters of calls whose key is elsewhere
        self.loose = []  # keys without a call of their own
        for found in every(tokens(source)):
            in_call = self._calls(found)
            for index, token in enumerate(found):
                if token.kind == "name" and token.text in ("innerHTML", "outerHTML", "insertAdjacentHTML", "setHTMLUnsafe"):
                    self.markup.append(token.line)
                if token.kind in ("string", "template") and id(token) not in in_call:
                    self._text(found, index, token)

    def _calls(self, found):
        """Parses the calls; returns the tokens that are keys in them."""
        seen = set()
        for index, token in enumerate(found[:-1]):
            if token.kind != "name" or token.text not in CALLS or found[index + 1].text != "(":
                continue
            if index and found[index - 1].text in (".", "function"):
                continue
            position, endings, with_params = CALLS[token.text]
            parts = arguments(found, index + 1)
            if len(parts) <= position:
                continue
            params = names_of_object(parts[with_params]) if len(parts) > with_params else set()
            marks = (names_of_object(parts[1]) if token.text == "compose" and len(parts) > 1 else set())
            keys = [one for one in parts[position] if one.kind in ("string", "template") and self._is_key(one, parts[position])]
            where = f"{self.name}:{token.line}"
            if len(parts[position]) > 1 or not keys:
                self.dynamic |= params or set()
            for one in keys:
                seen.add(id(one))
                if one.text.startswith(HOLE):
                    continue  # a function of CALLS itself
                self.uses += [Use(where, one.text + ending, params, marks) for ending in endings]
        return seen

    def _is_key(self, token, part):
        return len(part) == 1 or "." in token.text and " " not in token.text

    def _text(self, found, index, token):
        if re.fullmatch(r"[a-z]\w*(\.\w+)+", token.text) and token.text.split(".")[0] in self.tops:
            self.loose.append((f"{self.name}:{token.line}", token.text))
            return
        if not WORDS.search(token.text) or TECHNICAL.fullmatch(token.text):
            return
        before = [one.text for one in found[max(0, index - 4):index]]
        if before[-1:] == ["import"] or before[-1:] == ["from"] or is_class(found, index):
            return
        if before[-1:] == ["("] and SELECTORS & set(before[-3:-1]):
            return
        if len(before) == 4 and before[0] == "console" and before[-1] == "(":
            return
        self.literals.append((token.line, token.text.replace(HOLE, "${}")))


def is_class(found, index):
    """Whether the string names classes of an element: class: a ? 'b' : 'c', or className = 'b'."""
    for at in range(index - 1, 0, -1):
        if found[at].text in (",", "{", "(", ";"):
            return False
        if found[at].text in (":", "=") and found[at - 1].text in ("class", "className"):
            return True
    return False


def faults(web, report=ROOT / report_check.FOLDER):
    """What is wrong with the catalogues in `web`/text, the pages and the sources of the report that use them."""
    web = pathlib.Path(web)
    catalogues = {path.stem: Catalogue(path) for path in sorted((web / "text").glob("*.json"))}
    english = catalogues["en"]
    found = [fault for one in catalogues.values() for fault in one.faults()]
    found += [fault for one in catalogues.values() if one is not english for fault in translated(one, english)]
    uses, literals = [], []
    for path in sorted([*web.rglob("*.html"), *web.rglob("*.js"), *web.rglob("*.css")]):
        name = str(path.relative_to(web))
        read = {".html": read_page, ".js": read_script, ".css": read_style}[path.suffix]
        uses += read(name, path.read_text(), english, found, literals)
    for name, source in report_check.read(pathlib.Path(report), {key.split(".")[0] for key in english.forms}):
        uses += [Use(f"{name}:{line}", key, params) for line, key, params in source.uses]
        literals += [(name, *literal) for literal in source.literals]
    found += [f"{name}:{line}: reads “{text}”, which belongs into the catalogue"
              for name, line, text in literals if text not in ALLOWED]
    used = set()
    for use in uses:
        found += check(use, english, used)
    return found + [f"text/en.json: {key} is not used" for key in sorted(set(english.forms) - used)]


def read_page(name, text, english, found, literals):
    page = Page(name)
    page.feed(text)
    literals += [(name, *literal) for literal in page.literals]
    return page.uses


def read_script(name, text, english, found, literals):
    script = Script(name, text, {key.split(".")[0] for key in english.forms})
    literals += [(name, *literal) for literal in script.literals]
    found += [f"{name}:{line}: writes markup" for line in script.markup]
    # For a key in a table the call is elsewhere in the file: it must provide what the text needs.
    return script.uses + [Use(where, key, script.dynamic | {"*"}) for where, key in script.loose]


def read_style(name, text, english, found, literals):
    for match in re.finditer(r"content:\s*[\"']([^\"']*[^\W\d_][^\"']*)", text):
        literals.append((name, text[:match.start()].count("\n") + 1, match[1]))
    return []


def translated(one, english):
    """What differs between a language and English."""
    where = f"text/{one.language}.json"
    for key in sorted(set(one.forms) ^ set(english.forms)):
        yield f"{where}: {key} is {'missing' if key in english.forms else 'not in en.json'}"
    for key in sorted(set(one.forms) & set(english.forms)):
        if one.placeholders(key) - {"count"} != english.placeholders(key) - {"count"}:
            yield f"{where}: {key} has other placeholders than in en.json"
        if one.marks(key) != english.marks(key):
            yield f"{where}: {key} has other marks than in en.json"
        if ("" in one.forms[key]) != ("" in english.forms[key]):
            yield f"{where}: {key} has plural forms in one language alone"


def check(use, english, used):
    """Errors in one use of a key; adds it to `used`."""
    for key in expanded(use, english):
        if key not in english.forms:
            yield f"{use.where}: there are no words {key}"
            continue
        used.add(key)
        if english.marks(key) != use.marks and use.marks is not None:
            yield f"{use.where}: {key} has the marks {sorted(english.marks(key))}, and the elements given are {sorted(use.marks)}"
        if use.params is None:
            continue
        needed, given = english.placeholders(key), set(use.params)
        if missing := needed - given:
            yield f"{use.where}: {key} needs {', '.join(sorted(missing))}"
        if "*" in given or HOLE in use.key:
            continue
        if (more := given - needed - NO_PLACEHOLDERS) and "context" not in given:
            yield f"{use.where}: {key} has no placeholder for {', '.join(sorted(more))}"
        if ("count" in given) != ("" not in english.forms[key]):
            yield f"{use.where}: {key} {'has no plural forms' if 'count' in given else 'needs a count'}"


def expanded(use, english):
    if HOLE in use.key:
        if use.key.startswith("report.") and use.key.endswith(f".{HOLE}"):
            return [key for key in english.forms if key.rpartition(".")[0] == use.key[:-2]] or [use.key.replace(HOLE, "*")]
        if use.key == f"program.{HOLE}":
            return [use.key.replace(HOLE, name) for name in told_programs()]
        named = {"alert": "kinds", "grant": "grants"}.get(use.key.split(f".{HOLE}.")[0])
        return [use.key.replace(HOLE, kind) for kind in (kinds(named) if named else "*")]
    contexts = [key for key in english.forms if key.startswith(f"{use.key}_") and key[len(use.key) + 1:] in CONTEXTS]
    if use.params is not None and "context" in use.params:
        return contexts + [use.key] * (use.key in english.forms or not contexts)
    return [use.key]
