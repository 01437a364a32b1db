#!/usr/bin/env bash
# openskill 6.2.0: after one race of 36 drivers, BradleyTerryFull is so sure of its ratings that twenty races cannot mend them.
#
# The questions and answers of its documentation say that partial pairing is quicker for large games and costs accuracy; so
# for accurate ratings of a field of 36 the full models look like the right ones. But they add up one duel for each pair
# of drivers as if these were independent games. A single race takes the winner from 25 to 117 and the uncertainty (sigma)
# of all from 8.33 to its floor of 0.08. If the same drivers then finish twenty times in
# the opposite order, the winner of the first race, last ever since, is still rated far above the driver who won the other
# twenty. With the partial model or Plackett-Luce they have changed places.
#
# Seen with Python 3.11.7, rating of the first race's winner, of its last driver, and sigma:
#   BradleyTerryFull: after one race 117.2, -67.2, 0.08; after twenty more the other way round 107.9, -57.9
#   BradleyTerryPart: after one race 27.6, 22.4, 8.07; after twenty more the other way round 2.2, 47.8
#   PlackettLuce: after one race 26.2, 21.1, 8.33; after twenty more the other way round -31.8, 45.2
# Exits with 1 if the behaviour is another one.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet openskill==6.2.0
cat > "$folder/probe.py" <<'PYTHON'
from openskill.models import BradleyTerryFull, BradleyTerryPart, PlackettLuce

FIELD, RACES = 36, 20
OVERTURNED = {BradleyTerryFull: False, BradleyTerryPart: True, PlackettLuce: True}
for kind, expected in OVERTURNED.items():
    model = kind()
    field = model.rate([[model.rating()] for _ in range(FIELD)])
    winner, last = field[0][0], field[-1][0]
    once = f"{winner.mu:.1f}, {last.mu:.1f}, {winner.sigma:.2f}"
    sigma = winner.sigma
    for _ in range(RACES):
        field = model.rate(field, ranks=list(range(FIELD, 0, -1)))
    winner, last = field[0][0].mu, field[-1][0].mu
    print(f"{kind.__name__}: after one race {once}; after twenty more the other way round {winner:.1f}, {last:.1f}")
    assert (last > winner) == expected, (kind, winner, last)
    assert (sigma < 0.1) == (kind is BradleyTerryFull), (kind, sigma)
PYTHON
"$folder/venv/bin/python" "$folder/probe.py"
