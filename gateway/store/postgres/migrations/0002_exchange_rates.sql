-- Published exchange rates: a day is YYYY-MM-DD, its rates are units of each currency for one euro as JSON.

CREATE TABLE exchange_rates (
    source text COLLATE "C" NOT NULL,
    day    text COLLATE "C" NOT NULL,
    rates  text NOT NULL,
    PRIMARY KEY (source, day)
);
