"""Text messages that are wrong, too long or too many."""
import pytest
from clients import wait_until
from media import face

DEEP = 20_000
NOT_MESSAGES = [
    "", "hello", "{", "[]", "42", "null", '"hello"', "{}", '{"type":5}', '{"type":null}', '{"type":"hello"}',
    '{"type":"hello","media":5}', '{"type":"hello","media":null}', '{"type":"hello","media":["image/jpeg"]}',
    '{"type":"status","page":"sideways"}', '{"type":"status","camera":1e308}', '{"type":"chat"}',
    '{"type":"chat","text":{}}', '{"type":"hand","up":"yes"}', '{"type":"hand","up":NaN}',
    "[" * DEEP, '{"type":' * DEEP, '{"type":"status","other":' + "[" * DEEP + "]" * DEEP + "}",
    '{"type":"chat","text":"\\ud800"}', '{"type":"status","page":"' + "x" * 100_000 + '"}',
]


def test_texts_that_are_no_messages(exam, neighbour, server):
    students = []
    for number, text in enumerate(NOT_MESSAGES):
        student = exam.student(f"Babble {number:02}")
        student.hello("image/jpeg")
        student.raw(text)
        students.append(student)
    for student, text in zip(students, NOT_MESSAGES):
        error = student.expect("error", code="bad_message")
        assert 0 < len(error["detail"]) < 500, f"{text[:60]}: {error['detail'][:200]}"
        wait_until(lambda: any(f'name="{student.name}"' in line and "bad_message" in line and len(line) < 1500
                               for line in server.log_lines), f"a short line in the log about {text[:60]}")
        since = student.mark
        student.send("chat", text="still here")
        student.expect("chat", since, text="still here")


def test_unknown_types_and_fields_are_ignored(exam, teacher):
    ada = exam.student("Ada")
    ada.hello("image/jpeg", frame_rate=5, nested={"a": [1, {"b": None}]})
    ada.send("dance", steps=3)
    ada.send("chat", text="hello", colour="red")
    ada.expect("chat", text="hello")
    teacher.send("dance")
    teacher.send("chat", to="all", text="hi", colour="red")
    teacher.expect("chat", text="hi")
    assert not ada.find("error") and not teacher.find("error")


@pytest.mark.parametrize("comes_back", [False, True])
def test_something_else_before_hello(exam, neighbour, server, comes_back):
    first = {"Text First": lambda s: s.send("chat", text="hi"), "Frame First": lambda s: s.send_frame(face()[0][0], True)}
    for name, send in first.items():
        student = exam.student(f"{name} {comes_back}")
        if comes_back:
            student.hello("image/jpeg")
            student.reset()
            student = exam.student(student.name, student.joined)
        send(student)
        student.expect("error", code="no_hello")
        assert student.expect_close() == 1008
        wait_until(lambda: any(f'name="{student.name}"' in line and "no_hello" in line for line in server.log_lines),
                   "a line in the log")
        assert not student.find("chat") and not student.find("ack")


def test_every_unsupported_media_type_is_answered(exam, neighbour, server):
    student = exam.student("Fallback")
    for media in ("video/x-theora", "", "image/jpeg/x", "../../etc/passwd", "x" * 50_000, "video/x-vp8\0", "IMAGE /png"):
        since = student.mark
        student.send("hello", media=media)
        error = student.expect("error", since, code="unsupported_media", timeout=3)
        assert "image-jpeg" in error["detail"] and len(error["detail"]) < 500
    assert any('name=Fallback' in line and "unsupported_media" in line for line in server.log_lines)
    student.hello("image/jpeg")
    student.send_frame(face()[0][0], True)
    student.expect("ack", seq=0)


def test_a_refusal_names_the_message_it_answers(exam, teacher, neighbour):
    ada = exam.student("Ada")
    ada.hello("image/jpeg")
    for client, fields, code in (
            (ada, {"type": "chat", "text": ""}, "bad_chat"), (ada, {"type": "note", "alert_id": "x", "text": "y"}, "bad_note"),
            (teacher, {"type": "chat", "to": "students", "text": ""}, "bad_message"),
            (teacher, {"type": "acknowledge", "alert_id": "x"}, "bad_message"), (teacher, {"type": "pause"}, "bad_message")):
        for id, answered in ((7, 7), (2**53 - 1, 2**53 - 1), (None, None), ("7", None), (1.5, None), ([], None)):
            since = client.mark
            client.send(**fields, id=id)
            assert client.expect("error", since, code=code).get("id") == answered, (fields, id)


def test_invalid_utf8_ends_the_connection(exam, neighbour, server):
    student = exam.student("Bad Bytes")
    student.hello("image/jpeg")
    student.socket.send(b'{"type":"chat","text":"\xff\xfe"}', text=True)
    assert student.expect_close() == 1007
    wait_until(lambda: any('name="Bad Bytes"' in line and "1007" in line for line in server.log_lines), "a line in the log")


CHATS_REFUSED = ["", " \n\t ", "a\x1b[31m", "a\r", "\0", "\u2003", "x" * 2001, ("e" + "\u0301" * 100) * 20, "\u202e" * 2001]


def test_chat_that_is_refused(exam, teacher, neighbour):
    ada = exam.student("Ada")
    ada.hello("image/jpeg")
    for text in CHATS_REFUSED:
        since = ada.mark
        ada.send("chat", text=text)
        error = ada.expect("error", since, code="bad_chat")
        assert len(error["detail"]) < 200 and error["why"] in ("empty", "control_characters", "too_long")
        assert error.get("maximum") == (2000 if error["why"] == "too_long" else None)
        since = teacher.mark
        teacher.send("chat", to="students", text=text)
        teacher.expect("error", since, code="bad_message", why=error["why"])
    for recipient in ("nobody", "", exam.teacher_id, "x" * 10_000):
        since = teacher.mark
        teacher.send("chat", to=recipient, text="hi")
        assert len(teacher.expect("error", since, code="bad_message")["detail"]) < 500
    ada.send("chat", text="x" * 2000)
    teacher.expect("chat", text="x" * 2000)
    ada.expect("chat", text="x" * 2000)
    assert len(ada.find("chat")) == 1


def test_chat_cannot_forge_lines_of_the_log(exam, teacher, server):
    ada = exam.student("Ada")
    ada.hello("image/jpeg")
    breaks = "\n\t\u2028\u2029"
    text = "forged" + "".join(f'{c}2026-01-01T00:00:00.000Z error forged "quoted" \\' for c in breaks) + "\u202e"
    ada.send("chat", text=text)
    text = text.removesuffix("\u202e")  # marks that turn the direction of a text are removed
    assert teacher.expect("chat")["text"] == text
    whole = wait_until(lambda: [line for line in server.log_lines if "forged" in line], "the line in the log")
    assert len(whole) == 1
    assert len(whole[0].splitlines()) == 1, "no character in it ends the line for any reader"
    assert "\u202e" not in whole[0]
    csv = exam.request("GET", "/events?format=csv").body.decode()
    assert f"text={text}".replace('"', '""') in csv


def test_too_many_messages(exam, teacher, neighbour, server):
    """Hands, statuses and chat as fast as they can be sent reach teachers at a limited rate."""
    senders = {
        "Hand Spam": lambda s, n: s.send("hand", up=n % 2 == 0),
        "Status Spam": lambda s, n: s.send("status", page="hidden" if n % 2 == 0 else "visible"),
        "Chat Spam": lambda s, n: s.send("chat", text=f"spam {n}"),
    }
    students = [exam.student(name) for name in senders]
    for student in students:
        student.hello("image/jpeg")
    since, lines, memory = teacher.mark, len(server.log_lines), server.resident_megabytes
    for number in range(1500):
        for student, send in zip(students, senders.values()):
            send(student, number)
    for student in students:
        student.expect("error", code="too_many")

        # After the flood messages are accepted again; and everything that came before was processed.
        def heard():
            student.send("chat", text="sorry")
            return teacher.find("chat", since, name=student.name, text="sorry")
        wait_until(heard, f"{student.name} can speak again")
    assert len(teacher.messages[since:]) < 600, "4500 messages of students became this many for a teacher"
    assert len(server.log_lines) - lines < 400
    assert server.resident_megabytes < memory + 30


def test_a_flood_of_hellos(exam, teacher, neighbour, server):
    threads, memory = server.metrics()["process_threads"], server.resident_megabytes
    student = exam.student("Hello Hello")
    for _ in range(300):
        student.send("hello", media="video/x-vp8")
    student.expect("welcome")
    most = max(server.metrics()["process_threads"] for _ in range(5))
    assert most < threads + 20, f"threads from {threads} to {most}"
    wait_until(lambda: server.resident_megabytes < memory + 60,
               lambda: f"memory from {memory} to {server.resident_megabytes} MB")


def test_teachers_messages_from_students_do_nothing(exam, teacher):
    ada, bert = exam.student("Ada").start("image/jpeg", face()), exam.student("Bert")
    bert.hello("image/jpeg")
    ada.send("status", camera="denied")
    alert = teacher.expect_alert(ada, "camera_off", "confirmed")
    since = teacher.mark
    for message in (dict(view="tile", students="all"), dict(view="focus", students=[ada.id], fps=5)):
        bert.send("watch", **message)
    bert.send("ack", frames=5)
    bert.send("acknowledge", alert_id=alert["alert_id"])
    bert.send("mute", student=ada.id, kind="camera_off", minutes=5, reason="friend")
    bert.send("chat", to=ada.id, text="psst")
    teacher.expect("chat", text="psst", to="teachers")
    teacher.expect_tiles(ada, 2)
    assert not bert.pictures and not bert.find("roster") and not bert.find("alert") and not bert.find("participant")
    assert not ada.find("chat") and not teacher.find("alert", since, student=ada.id)


TEACHERS_MISTAKES = [
    '{"type":"watch"}', '{"type":"watch","view":"sideways","students":"all"}', '{"type":"watch","view":"tile"}',
    '{"type":"watch","view":"tile","students":"none"}', '{"type":"watch","view":"tile","students":[1]}',
    '{"type":"watch","view":"tile","students":"all","fps":"fast"}', '{"type":"watch","view":"tile","students":"all","fps":NaN}',
    '{"type":"watch","view":"tile","students":"all","fps":1e999}', '{"type":"ack"}', '{"type":"ack","frames":1.5}',
    '{"type":"ack","frames":9223372036854775808}', '{"type":"ack","frames":1e308}', '{"type":"ack","frames":"all"}',
    '{"type":"acknowledge","alert_id":"a000"}', '{"type":"acknowledge"}',
    '{"type":"watch","view":"' + "x" * 100_000 + '","students":"all"}',
]


def test_teachers_mistakes(exam, teacher, neighbour):
    for text in TEACHERS_MISTAKES:
        since = teacher.mark
        teacher.raw(text)
        error = teacher.expect("error", since, code="bad_message", timeout=3)
        assert 0 < len(error["detail"]) < 500, text[:60]
    since = teacher.mark
    teacher.raw(b"\1\0\0\0")
    teacher.expect("error", since, code="bad_message")
    mute = dict(student=neighbour.id, kind="face_missing", minutes=5, reason="why not")
    wrong = [dict(minutes=m) for m in (-1, 1441, 1e308, -1e308, "5")] + [dict(kind="boredom"), dict(student="nobody"),
             dict(reason=""), dict(reason="x" * 3000)]
    for change in wrong:
        since = teacher.mark
        teacher.send("mute", **(mute | change))
        teacher.expect("error", since, code="bad_message", timeout=3)
    assert not [p for p in exam.describe()["participants"] if p["accommodations"]]


def test_odd_watches(exam, teacher, neighbour, server):
    memory = server.resident_megabytes
    for fps in (-1, 0, 1e-300, 1e308, 2 ** 62):
        teacher.watch(neighbour, fps=fps)
    teacher.watch(neighbour, fps=1e308).expect_tiles(neighbour, 2)
    strangers = [f"p{number:012}" for number in range(8000)]
    for number in range(60):
        teacher.send("watch", view=("tile", "focus")[number % 2], students=strangers + [neighbour.id] * (number % 3 == 0))
    teacher.watch()
    teacher.expect_tiles(neighbour, 2)
    assert not teacher.find("error")
    assert server.resident_megabytes < memory + 60
