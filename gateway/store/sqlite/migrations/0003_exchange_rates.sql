-- Published exchange rates: a day is YYYY-MM-DD, its rates are units of each currency for one euro as JSON.

CREATE TABLE exchange_rates (
    source TEXT NOT NULL,
    day    TEXT NOT NULL,
    rates  TEXT NOT NULL,
    PRIMARY KEY (source, day)
) STRICT, WITHOUT ROWID;
