"""Each module here measures one kind of row: `TITLE`, `minutes(bench)`, `run(bench)` giving Markdown lines."""
