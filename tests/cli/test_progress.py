import pytest

from inkdigits.cli.progress import TerminalObserver


def test_a_warning_is_a_line_of_its_own_on_stderr(capfd: pytest.CaptureFixture[str]):
    with TerminalObserver(epochs=1) as observer:
        observer.on_warning("the checkpoint [a] is damaged")
    out, err = capfd.readouterr()
    assert out == ""
    assert "inkdigits: the checkpoint [a] is damaged" in [line.strip() for line in err.splitlines()]
