-- What the program itself remembers from one start to the next, such as which commands Discord was last told.

CREATE TABLE memory (
    name TEXT PRIMARY KEY CHECK (name <> ''),
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
