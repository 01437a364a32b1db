#!/usr/bin/env bash
# discord.py 2.7.1: discord.utils.remove_markdown deletes masked links with their words, and everything between two of them.
#
# The documentation says that the function removes markdown characters, and that links are left alone (ignore_links is true
# unless said otherwise). Its note warns that meaning may get lost, as the * does in "10 * 5". But "[words](address)" is one
# of the patterns that are removed as a whole, with the words a reader sees and with the address, whatever ignore_links
# says. The pattern is greedy too: of a line with two masked links everything from the first bracket to the last
# parenthesis is gone. A log or a notification made of such text says nothing, or something else than the message did.
#
# Seen with Python 3.11.7:
#   '[Results](https://example.org/results)' becomes ''
#   '[Stage 1](https://example.org/1): Riggs wins. [Stage 2](https://example.org/2): Heim wins.' becomes ': Heim wins.'
#   the same with ignore_links=False: '' and ': Heim wins.'
# Exits with 1 if the behaviour is another one.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet discord.py==2.7.1
cat > "$folder/probe.py" <<'PYTHON'
from discord.utils import remove_markdown

LINK = "[Results](https://example.org/results)"
TWO = "[Stage 1](https://example.org/1): Riggs wins. [Stage 2](https://example.org/2): Heim wins."
for text in (LINK, TWO):
    print(f"{text!r} becomes {remove_markdown(text)!r}")
link, two = (remove_markdown(text, ignore_links=False) for text in (LINK, TWO))
print(f"the same with ignore_links=False: {link!r} and {two!r}")
for ignore_links in (True, False):
    assert remove_markdown(LINK, ignore_links=ignore_links) == ""
    assert remove_markdown(TWO, ignore_links=ignore_links) == ": Heim wins."
assert remove_markdown("**Heim** wins at https://example.org/a_b") == "Heim wins at https://example.org/a_b"
PYTHON
"$folder/venv/bin/python" -W ignore "$folder/probe.py"
