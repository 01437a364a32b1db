#!/usr/bin/env bash
# SQLite 3.42.0 and 3.43.0 (through apsw): the same query over the same finishes gives another average after an update.
#
# 3.43.0 changed how floating point numbers become decimal ones, and with it what round() and printf() do with a number that
# has no exact binary form. The average of 20 finishes that add up to 247 is 12.35. Before, both functions made 12.4 of it
# (half away from zero on the decimal number one sees), since then 12.3 (on the binary number, a little below 12.35). Both
# versions still make 12.3 of 12.25, which is exact; Python's round makes 12.2 of that (half to even). The manual's words,
# X rounded to Y digits after the decimal point, fit both. It is known from the public issue TryGhost/node-sqlite3 #1837.
# Which one a program gets is decided by the library that its Python finds, not by the program.
# An average is rounded the same way everywhere in whole numbers: (247 * 10 * 2 + 20) / (20 * 2) is 124 tenths.
#
# Seen with Python 3.11.7:
#   SQLite 3.42.0: 247 / 20 is 12.4 with round, 12.4 with printf; 49 / 4 is 12.3
#   SQLite 3.43.0: 247 / 20 is 12.3 with round, 12.3 with printf; 49 / 4 is 12.3
#   whole numbers: 124 and 124 tenths
#   Python: 247 / 20 is 12.3; 49 / 4 is 12.2
# Exits with 1 if the behaviour is another one.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
for version in 3.42.0.1 3.43.0.0; do
    "$folder/venv/bin/pip" install --quiet --target "$folder/$version" "apsw==$version"
done
cat > "$folder/probe.py" <<'PYTHON'
import apsw

QUERY = "SELECT round(247 / 20.0, 1), printf('%.1f', 247 / 20.0), round(49 / 4.0, 1), (247 * 10 * 2 + 20) / (20 * 2)"
print(apsw.sqlitelibversion(), *apsw.Connection(":memory:").cursor().execute(QUERY).fetchall()[0])
PYTHON
answers() { PYTHONPATH="$folder/$1" "$folder/venv/bin/python" "$folder/probe.py"; }
read -r old old_round old_printf old_exact old_whole <<< "$(answers 3.42.0.1)"
read -r new new_round new_printf new_exact new_whole <<< "$(answers 3.43.0.0)"
python=$("$folder/venv/bin/python" -c 'print(round(247 / 20, 1), round(49 / 4, 1))')
echo "SQLite $old: 247 / 20 is $old_round with round, $old_printf with printf; 49 / 4 is $old_exact"
echo "SQLite $new: 247 / 20 is $new_round with round, $new_printf with printf; 49 / 4 is $new_exact"
echo "whole numbers: $old_whole and $new_whole tenths"
echo "Python: 247 / 20 is ${python% *}; 49 / 4 is ${python#* }"
[ "$old_round $old_printf $old_exact $old_whole" = "12.4 12.4 12.3 124" ]
[ "$new_round $new_printf $new_exact $new_whole" = "12.3 12.3 12.3 124" ]
[ "$python" = "12.3 12.2" ]
