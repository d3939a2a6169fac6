"""Connections end and come back; the participant stays."""
import pytest
from clients import Upload, request, wait_until
from media import face, jpeg, vp8


def test_a_student_comes_back_as_the_same_one(exam, teacher):
    ada = exam.student("Ada").start("video/x-vp8", vp8())
    teacher.expect_tiles(ada, 1)
    ada.send("chat", text="before")
    teacher.expect("chat", text="before")
    teacher.send("chat", to=ada.id, text="to you")
    teacher.send("chat", to="students", text="to all of you")
    teacher.send("chat", to="teachers", text="about you")
    ada.expect("chat", text="to all of you")
    ada.reset()
    left = teacher.expect_participant(ada, lambda line: line["state"] == "left")

    since = teacher.mark
    back = exam.student("Ada", ada.joined)
    assert back.number == left["number"]
    # Somewhere in the middle, and around the wrap of four bytes.
    back.sequence = 2 ** 32 - 3
    assert back.hello("video/x-vp8")["participant_id"] == ada.id
    back.expect("chat", text="to all of you", history=True)
    assert [m["text"] for m in back.find("chat")] == ["before", "to you", "to all of you"]
    assert all(m["history"] is True for m in back.find("chat"))
    for payload, key in vp8()[:6]:
        back.send_frame(payload, key)
    for sequence in (2 ** 32 - 1, 0, 2):
        back.expect("ack", seq=sequence)
    assert [m["seq"] for m in back.find("ack")] == [(2 ** 32 - 3 + n) % 2 ** 32 for n in range(6)]
    # The face check takes a picture only sometimes: six at once may all come between two checks.
    back.sequence = 3
    back.upload = Upload(back, vp8()[6:])
    back.upload.start()
    line = teacher.expect_participant(back, lambda line: line["state"] == "live", since)
    back.upload.stop()
    assert (line["number"], line["name"], line["joined_at"]) == (left["number"], "Ada", left["joined_at"])
    since = back.mark
    teacher.send("chat", to=ada.id, text="welcome back")
    assert "history" not in back.expect("chat", since, text="welcome back")
    # History belongs to the connection, not to the stream.
    since = back.mark
    back.hello("video/x-vp8")
    back.send("chat", text="after")
    back.expect("chat", since, text="after")
    assert len(back.find("chat", since)) == 1


def test_the_newer_of_two_connections_stays(exam, teacher):
    first = exam.student("Ada").start("video/x-vp8", vp8())
    teacher.expect_tiles(first, 1)
    second = exam.student("Ada", first.joined).start("image/jpeg", jpeg())
    assert first.expect_close() == 4001
    teacher.expect_tiles(second, 3)
    wait_until(lambda: {p.captured for p in teacher.tiles(second)[-3:]} <= second.sent_times, "the second one's pictures")
    assert not second.closed.is_set()
    assert [p["id"] for p in exam.describe()["participants"]].count(first.id) == 1

    again = exam.teacher()
    assert teacher.expect_close() == 4001
    again.watch().expect_tiles(second, 2)
    assert not again.closed.is_set()


@pytest.mark.parametrize("media, messages", [("video/x-vp8", vp8), ("image/jpeg", face)])
def test_a_stream_that_begins_in_the_middle(exam, teacher, media, messages):
    ada = exam.student("Ada")
    ada.sequence = 123_456
    ada.hello(media)
    for payload, key in messages()[40:44]:
        ada.send_frame(payload, key)
    ada.expect("ack", seq=123_459)
    if media == "video/x-vp8":
        ada.expect("keyframe")
        assert not ada.find("error")
    ada.start(media, messages())
    teacher.expect_tiles(ada, 1)


def test_a_teacher_comes_back_and_hears_all_of_it(exam, teacher):
    ada, bert = exam.student("Ada"), exam.student("Bert")
    for student in (ada, bert):
        student.hello("image/jpeg")
    ada.send("chat", text="hello")
    ada.send("hand", up=True)
    ada.send("status", camera="denied")
    alert = teacher.expect_alert(ada, "camera_off", "confirmed")
    teacher.expect_participant(ada, lambda line: line["hand"] and line.get("camera") == "denied")
    teacher.send("chat", to="teachers", text="look at Ada")
    teacher.expect("chat", text="look at Ada")
    bert.send("status", camera="ended")
    bert.send("status", camera="live")
    cleared = teacher.expect_alert(bert, "camera_off", "cleared")
    teacher.close()

    back = exam.teacher()
    assert [m["type"] for m in back.messages[:2]] == ["welcome", "roster"], "the greeting comes first"
    welcome = back.expect("welcome")
    assert welcome["participant_id"] == teacher.id and welcome["credit"] >= 1
    assert back.expect("alert", student=ada.id) == alert
    assert back.expect("alert", student=bert.id) == cleared
    assert [(m["text"], m["history"], m["role"]) for m in back.find("chat")] == [
        ("hello", True, "student"), ("look at Ada", True, "teacher")]
    roster = {p["id"]: p for p in back.expect("roster")["participants"]}
    assert roster[ada.id]["hand"] is True and roster[bert.id]["hand"] is False
    assert roster[back.id]["state"] == "live"
    back.expect("heartbeat", timeout=welcome["heartbeat"] + 3)


def test_the_end_of_an_exam(exam, teacher, server):
    ada = exam.student("Ada").start("video/x-vp8", vp8())
    never_connected = exam.join("Late")
    teacher.expect_tiles(ada, 1)
    assert exam.end().status == 204
    for client in (ada, teacher):
        client.expect("ended")
        assert client.expect_close() == 1000
    for method, path, token in (
            ("GET", "", teacher.token), ("DELETE", "", teacher.token), ("POST", "/participants", None),
            ("GET", "/socket", ada.token), ("GET", "/socket", never_connected["token"]),
            ("GET", f"/students/{ada.id}/live.jpg", teacher.token)):
        answer = request(exam.url, method, exam.path + path, {"name": "Eve", "role": "student"}, token)
        assert (answer.status, answer.code) == (410, "ended_teacher"), path
    wait_until(lambda: any("session_ended" in line and exam.code in line for line in server.log_lines), "a line in the log")


def test_chat_reaches_only_whom_it_is_for(exam, teacher):
    colleague = exam.colleague()
    ada, bert = exam.student("Ada"), exam.student("Bert")
    for student in (ada, bert):
        student.hello("image/jpeg")
    ada.send("chat", text="from ada")
    # A student cannot choose the recipients.
    ada.send("chat", to="all", text="from ada to all")
    ada.send("chat", to=bert.id, text="from ada to bert")
    teacher.expect("chat", text="from ada to bert", to="teachers")
    teacher.send("chat", to=ada.id, text="for ada")
    colleague.send("chat", to="students", text="for students")
    colleague.send("chat", to="teachers", text="for teachers")
    teacher.expect("chat", text="for teachers")
    teacher.send("chat", to="all", text="for all")
    for client in (ada, bert, teacher, colleague):
        client.expect("chat", text="for all")
    mine = ["from ada", "from ada to all", "from ada to bert"]
    assert sorted(m["text"] for m in ada.find("chat")) == sorted(mine + ["for ada", "for students", "for all"])
    assert sorted(m["text"] for m in bert.find("chat")) == ["for all", "for students"]
    for one in (teacher, colleague):
        assert len(one.find("chat")) == 7
        assert one.find("chat", text="for ada")[0]["from"] == teacher.id
    line = exam.request("GET", "/events?format=csv")
    assert line.headers["content-type"].startswith("text/csv") and "from ada to bert" in line.body.decode()
