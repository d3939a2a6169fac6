"""The keys of Web/text that the report uses, and what stands in its Swift that a reader of a report would read."""
import re

from js_tokens import HOLE, arguments, every
from swift_tokens import tokens

FOLDER = "Sources/ExamServer/Report"
# Who runs the server or the command reads these in a log or on a terminal.
TOLD_TO_OPERATORS = {
    "ReportCommand.swift", "ReportDocument.swift", "ReportFile.swift", "ReportProblem.swift", "SessionReport.swift",
    "TextCatalogue.swift", "TimeZoneNames.swift",
}
# What answers words to a key: `t("key", …)`, `clock.words("key", …)`, `t.html("key", …)`, in the catalogue `self("key", …)`.
CATALOGUES = {"t", "words", "self"}
LISTS = {"rest", "next"}
KEY = re.compile(r"[a-z]\w*(\.[\w\ufffc]+)+")
TAG = re.compile(r"<[^<>]*>")
HUMAN_ATTRIBUTE = re.compile(r"\b(?:alt|title|placeholder|aria-label|aria-description|label)=\"([^\"]*)\"")
TECHNICAL = re.compile(r"text/\w+; charset=utf-8|presence open|default-src .*")  # types of files, classes, a policy
LETTERS = re.compile(r"[^\W\d_]{2}")
WORDS = re.compile(r"[^\W\d_][,;:.!?…]? [^\W\d_\ufffc]|[^\W\d_][,;:.!?…]? \ufffc|\ufffc[,;:.!?…]? [^\W\d_]|^[A-Z][a-z]")


class ReportSource:
    """The keys that a file uses as (line, key, parameters), the parameters None where they cannot be told; and literals."""

    def __init__(self, name, source, tops):
        self.uses, self.literals = [], []
        every_list = list(every(tokens(source)))
        self.dictionaries = sorted((found for one in every_list for found in named_dictionaries(one)), key=lambda one: one[0])
        for found in every_list:
            known = self._calls(found)
            for token in found:
                if token.kind != "string" or id(token) in known:
                    continue
                if KEY.fullmatch(token.text) and token.text.split(".")[0] in tops:
                    self.uses.append((token.line, token.text, set()))
                elif name not in TOLD_TO_OPERATORS:
                    self.literals += [(token.line, text.replace(HOLE, r"\()")) for text in words_in(token.text)]

    def _calls(self, found):
        seen = set()
        for index, token in enumerate(found):
            if token.text != "(" or not index:
                continue
            callee = found[max(0, index - 3):index]
            if [one.text for one in callee[1:]] == [".", "html"]:
                callee = callee[:1]
            elif callee[-1].text == "listed":
                callee = []
            if callee and (callee[-1].kind != "name" or callee[-1].text not in CATALOGUES):
                continue
            parts = arguments(found, index)
            if not parts:
                continue
            part, params = (parts[0], self._params(parts[1:])) if callee else (parts[-1], LISTS)
            for one in part:
                if one.kind == "string" and KEY.fullmatch(one.text):
                    seen.add(id(one))
                    self.uses.append((one.line, one.text, params))
        return seen

    def _params(self, parts):
        names = set()
        for part in parts:
            if part[0].text == "count":
                names.add("count")
            elif part[0].text == "[":
                names |= names_of_dictionary(part)
            else:
                above = [keys for line, name, keys in self.dictionaries if [name] == [one.text for one in part] and line <= part[0].line]
                if not above:
                    return None
                names |= above[-1]
        return names


def named_dictionaries(found):
    """Of `let name = ["a": …]`, with or without a type: the line, the name and the keys."""
    for index, token in enumerate(found[:-1]):
        if (token.text, found[index + 1].text) != ("=", "["):
            continue
        before = [one.text for one in found[max(0, index - 9):index]]
        if "let" in before:
            yield token.line, before[len(before) - before[::-1].index("let")], names_of_dictionary(found[index + 1:])


def names_of_dictionary(part):
    return {entry[0].text for entry in arguments(part, 0) if entry[0].kind == "string" and entry[1:] and entry[1].text == ":"}


def words_in(text):
    """What of a literal is words: of markup what stands between tags and in attributes for people."""
    if TECHNICAL.fullmatch(text):
        return []
    if not TAG.search(text):
        return [text] if WORDS.search(text) else []
    between = TAG.sub("\n", text).split("\n")
    return [one.strip() for one in [*between, *HUMAN_ATTRIBUTE.findall(text)] if LETTERS.search(one)]


def read(folder, tops):
    """Each file's name and what it uses."""
    for path in sorted(folder.glob("*.swift")):
        yield path.name, ReportSource(path.name, path.read_text(), tops)
