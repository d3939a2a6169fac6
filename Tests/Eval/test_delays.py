"""The curve of delays is that of the table beside it."""
from delay_curve import DOCS, svg


def test_the_curve_is_that_of_the_table():
    drawn = (DOCS / "delay.svg").read_text()
    assert drawn == svg((DOCS / "accuracy.md").read_text()), "Tests/Eval/delay_curve.py draws docs/delay.svg anew"
    assert drawn.count("<polyline") == 10
