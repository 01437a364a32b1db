-- Versions: what an import changed, season by season, so that a season nobody changed stays in memory as it is.

-- version grows with every import that changed a fact of racing, and with no other.
CREATE TABLE facts (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    version INTEGER NOT NULL CHECK (version >= 1)
) STRICT;

INSERT INTO facts (id, version) VALUES (1, 1);

-- The version at which a fact of the season last changed.
ALTER TABLE seasons ADD COLUMN version INTEGER NOT NULL DEFAULT 1 CHECK (version >= 1);

-- The moment up to which the season's facts are known. It was computed from all rows of imports before, so that none of
-- them could ever be removed. A document that confirms the stored facts moves it and leaves the version alone.
ALTER TABLE seasons ADD COLUMN refreshed_at TEXT CHECK (refreshed_at GLOB '????-??-??T??:??:??Z');

UPDATE seasons SET refreshed_at = (
    SELECT max(min(coalesce(i.retrieved_at, i.imported_at), i.imported_at)) FROM imports i
     WHERE i.season = seasons.year AND (i.retrieved_at IS NOT NULL OR i.created + i.updated > 0)
);
