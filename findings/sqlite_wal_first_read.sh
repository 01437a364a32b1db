#!/usr/bin/env bash
# SQLite 3.50.4 (through apsw 3.50.4.0): of two connections to a database in WAL mode, opened at the same time, the one that has
# read once goes on reading after the file was moved away, and the one that has not read yet cannot.
#
# Opening a connection, and settings such as busy_timeout, do not open the write-ahead log: the first read does. So a program
# that opens spare connections at its start and means to go on answering from them must make each read something at once.
#
# Seen:
#   read before: 1
#   had not read before: IOError
# Exits with 1 if the behaviour is another one.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet apsw==3.50.4.0
cat > "$folder/probe.py" <<'PYTHON'
import pathlib
import sys

import apsw

folder = pathlib.Path(sys.argv[1])
(folder / "data").mkdir()
path = folder / "data" / "races.db"
writer = apsw.Connection(str(path))
writer.execute("PRAGMA journal_mode = WAL")
writer.execute("CREATE TABLE races (name TEXT)")
writer.execute("INSERT INTO races VALUES ('Talladega')")
readers = {name: apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY) for name in ("read before", "had not read before")}
for reader in readers.values():
    reader.execute("PRAGMA busy_timeout = 1000")
readers["read before"].execute("SELECT count(*) FROM races").fetchall()
(folder / "data").rename(folder / "moved")
seen = {}
for name, reader in readers.items():
    try:
        seen[name] = str(reader.execute("SELECT count(*) FROM races").fetchall()[0][0])
    except apsw.Error as error:
        seen[name] = type(error).__name__
    print(f"{name}: {seen[name]}")
print(f"SQLite {apsw.sqlite_lib_version()}")
sys.exit(seen != {"read before": "1", "had not read before": "IOError"})
PYTHON
"$folder/venv/bin/python" "$folder/probe.py" "$folder"
