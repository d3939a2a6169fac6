"""All texts of the pages and of reports are in the catalogues of Web/text, and match them. Needs no browser."""
import json
import re
import shutil

import pytest

import report_check
from text_check import ROOT, faults


def test_the_catalogues_fit_the_pages():
    assert faults(ROOT / "Web") == []


@pytest.fixture
def web(tmp_path):
    """A copy of the pages, to be broken."""
    return shutil.copytree(ROOT / "Web", tmp_path / "Web")


def change(path, old, new):
    text = path.read_text()
    assert old in text, (path, old)
    path.write_text(text.replace(old, new, 1))


def translate(web, name="de", spoil=lambda words: None):
    words = json.loads((web / "text/en.json").read_text())
    spoil(words)
    (web / "text" / f"{name}.json").write_text(json.dumps(words))


@pytest.mark.parametrize("file, old, new, fault", [
    ("text/en.json", '"lead": "One teacher', '"leed": "One teacher', "there are no words landing.lead"),
    ("text/en.json", '"lead": "One teacher', '"more": "More", "lead": "One teacher', "landing.more is not used"),
    ("text/en.json", '"lead": "One teacher', '"title": "More", "lead": "One teacher', "title stands there twice"),
    ("text/en.json", "One teacher, one room, every student in view.", " ", "landing.lead is no text"),
    ("text/en.json", "One teacher, one room", "One {{teacher, one room", "landing.lead has a broken placeholder"),
    ("text/en.json", "One teacher, one room", "One $t(code.label), one room", "landing.lead has a broken placeholder"),
    ("text/en.json", "One teacher, one room", "One <b>teacher</b>, one room", "landing.lead has the marks ['b']"),
    ("text/en.json", "{{seconds}} s", "{{second}} s", "duration.seconds needs second"),
    ("text/en.json", "{{seconds}} s", "some s", "duration.seconds has no placeholder for seconds"),
    ("text/en.json", "{{seconds}} s", "{{seconds, uppercase}} s", "the unknown format uppercase"),
    ("shared/dom.js", "'duration.seconds', { seconds }", "'duration.seconds'", "duration.seconds needs seconds"),
    ("shared/dom.js", "'duration.seconds', { seconds }", "'duration.seconds', { seconds, count: seconds }", "has no plural forms"),
    ("shared/dom.js", "'duration.seconds'", "`duration.${seconds}`", "there are no words duration.*"),
    ("text/en.json", '"seconds_one": "{{count}} second",', "", "line.seconds has the plural forms other"),
    ("student/main.js", "{ count: faces }", "{ faces }", "student.check.faces needs a count"),
    ("text/en.json", '"short": "No face",', "", "there are no words alert.face_missing.short"),
    ("text/en.json", '"not_taken_note":', '"not_taken_letter":', "error.not_taken_letter is not used"),
    ("student/student-text.js", "'student.camera.busy'", "'student.camera.bussy'", "there are no words student.camera.bussy.title"),
    ("teacher/alerts/alert-text.js", "'teacher.card.notKept.lost'", "'teacher.card.notKept.gone'", "there are no words teacher.card.notKept.gone"),
    ("teacher/alerts/alert-card.js", "?? 'teacher.card.label', { name: this.name, kind }", "?? 'teacher.card.label', { kind }", "needs name"),
    ("teacher/panels/hands.js", "{ whose: whose() }", "{ who: whose() }", "the elements given are ['who']"),
    ("teacher.html", 'data-part="optional"', 'data-part="option"', "the elements given are ['option']"),
    ("landing/main.js", "t('code.invalid')", "t('code.wrong')", "there are no words code.wrong"),
    ("landing/main.js", "t('code.invalid')", "'Six digits'", "reads “Six digits”"),
    ("landing/main.js", "t('code.invalid')", "`not ${code}`", "reads “not ${}”"),
    ("landing/main.js", "location.href", "$('code').innerHTML", "writes markup"),
    ("index.html", "<form", "<p>Hello</p><form", "reads “Hello”"),
    ("index.html", "<form", '<form title="Your code"', "reads “Your code”"),
    ("index.html", ' data-i18n="code.label">', ">Exam code", "reads “Exam code”"),
    ("landing/landing.css", ".lead {", ".lead::after { content: 'so'; } .lead {", "reads “so”"),
])
def test_a_fault_is_found(web, file, old, new, fault):
    change(web / file, old, new)
    found = faults(web)
    assert any(fault in one for one in found), found


@pytest.mark.parametrize("file, old, new, fault", [
    ("ReportPage.swift", '"report.reading"', '"report.readings"', "there are no words report.readings"),
    ("ReportPage.swift", '["zone": clock.name]', "", "report.session.zone needs zone"),
    ("ReportPage.swift", '["date": clock.date(report.until), "time"', '["time"', "report.unfinished.text needs date"),
    ("ReportPage.swift", 't("report.heading")', 't("report.heading", ["name": x])', "report.heading has no placeholder for name"),
    ("ReportPage.swift", 't("report.session.teachers", count: teachers.count)', 't("report.session.teachers")', "report.session.teachers needs a count"),
    ("ReportPage.swift", '\\(t("report.heading"))', "Exam report", "reads “Exam report”"),
    ("ReportPage.swift", '\\(t("report.attention.mark"))', "look here", "reads “look here”"),
    ("ReportPage.swift", 'by: "list.next"', 'by: "list.last"', "list.last needs last"),
    ("ReportPage.swift", 't("report.attention.nothing")', 't("report.attention.heading")', "report.attention.nothing is not used"),
    ("TextCatalogue+Report.swift", '"report.cause.\\(', '"report.causes.\\(', "there are no words report.causes.*"),
    ("TextCatalogue+Report.swift", '"limit": (record', '"limits": (record', "alert.looking_away.seen needs limit"),
    ("TextCatalogue+Report.swift", 'self("report.ending.idle")', '"ended by itself"', "reads “ended by itself”"),
    ("ReportCSV.swift", "t.baseline($0)", '"head \\($0.yaw)"', "reads “head "),
])
def test_a_fault_of_the_report_is_found(web, tmp_path, file, old, new, fault):
    report = shutil.copytree(ROOT / report_check.FOLDER, tmp_path / "Report")
    change(report / file, old, new)
    found = faults(web, report)
    assert any(fault in one for one in found), found


@pytest.mark.parametrize("name, spoil, fault", [
    ("de", lambda words: words["landing"].pop("lead"), "landing.lead is missing"),
    ("de", lambda words: words["landing"].update(more="Mehr"), "landing.more is not in en.json"),
    ("de", lambda words: words["duration"].update(seconds="{{sekunden}} s"), "duration.seconds has other placeholders"),
    ("de", lambda words: words["duration"].update(seconds="<b>{{seconds}}</b> s"), "duration.seconds has other marks"),
    ("de", lambda words: words["line"].pop("seconds_one"), "line.seconds has the plural forms other"),
    ("de", lambda words: words["line"].update(seconds_few="{{count}} Sekunden"), "line.seconds has the plural forms few, one, other"),
    ("xx", lambda words: None, "plural forms are not known"),
])
def test_a_fault_of_a_translation_is_found(web, name, spoil, fault):
    translate(web, name)
    assert name == "xx" or faults(web) == []
    translate(web, name, spoil)
    found = faults(web)
    assert any(fault in one for one in found), found


def cases(file, name):
    """The raw values of a Swift enum of texts."""
    body = re.search(rf"enum {name}: String[^{{]*{{(.*?)\n *}}", (ROOT / "Sources" / file).read_text(), re.S)[1]
    return {raw or case for case, raw in re.findall(r'^ *case (\w+)(?: = "(\w+)")?$', body, re.M)}


def names(file, table):
    """The names in a table of a page's module."""
    body = re.search(rf"\b{table}\b[:=\s]*{{(.*?)}}", (ROOT / "Web" / file).read_text(), re.S)[1]
    return set(re.findall(r"(\w+): (?:t\()?'", body))


# Met by programs alone, or told by a text of the place where they are met.
NO_TEXT = {
    "subprotocol_required", "bad_handshake", "password_needed", "password_wrong", "dismissed", "too_slow", "too_large", "waiting",
    "head_too_large", "unknown_method",
}


def test_the_pages_have_a_text_for_every_code_of_the_server():
    whys = cases("ExamModel/Wire/WireError.swift", "Why")
    assert len(whys) > 5 and names("shared/refusal.js", "WHY") == whys | {"too_many", "quota"}
    stores = cases("ExamModel/Journal/SessionStore.swift", "StoreState")
    assert len(stores) > 3 and names("teacher/panels/notices.js", "store") == stores
    reasons = cases("ExamModel/Session/Participant.swift", "Code")
    assert len(reasons) > 5 and names("shared/refusal.js", "NO_PICTURE") == reasons
    rows = re.findall(r"^\| \d{3} \| (.*) \|$", (ROOT / "docs/protocol.md").read_text(), re.M)
    codes = {code for row in rows for code in re.findall(r"`([a-z_]+)`", row)}
    assert len(codes) > 30 and codes - names("shared/refusal.js", "PROBLEMS") == NO_TEXT
