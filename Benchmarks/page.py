"""The page that sections are written to, each between marks of its own."""
import pathlib


class Page:
    def __init__(self, path):
        self.path = pathlib.Path(path) if path else None
        self.text()

    def text(self):
        return self.path.read_text() if self.path else ""

    def marks(self, name):
        return f"<!-- make bench ROWS={name}: begin -->\n", f"<!-- make bench ROWS={name}: end -->"

    def check(self, name):
        """Refuses before an hour of measuring what could not be written afterwards."""
        if self.path:
            for mark in self.marks(name):
                if self.text().count(mark) != 1:
                    raise SystemExit(f"'{self.path}' must have one '{mark.strip()}'")

    def write(self, name, lines):
        if not self.path:
            return
        begin, end = self.marks(name)
        head, rest = self.text().split(begin)
        _, tail = rest.split(end)
        new = self.path.with_suffix(".new")
        new.write_text(head + begin + "\n".join(lines) + "\n" + end + tail)
        new.replace(self.path)
