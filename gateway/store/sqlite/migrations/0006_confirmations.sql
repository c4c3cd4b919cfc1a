-- What marketplaces are told of parcels: one row a parcel of a purchase, written with the purchase's end.
CREATE TABLE confirmations (
    id              TEXT NOT NULL PRIMARY KEY,
    tenant          TEXT NOT NULL,
    marketplace     TEXT NOT NULL,
    order_id        TEXT NOT NULL,
    shipment        TEXT NOT NULL REFERENCES purchases (id),
    parcel          INTEGER NOT NULL,
    carrier         TEXT NOT NULL,
    number          TEXT NOT NULL,
    -- The parcel's number within the order: a replacement has that of the parcel that it replaces.
    package         INTEGER NOT NULL,
    replaces        TEXT REFERENCES confirmations (id),
    state           TEXT NOT NULL CHECK (state IN
        ('PENDING', 'SENT', 'CONFIRMED', 'REFUSED', 'WITHDRAWN', 'SUPERSEDED')),
    content         BLOB NOT NULL,
    content_sha256  BLOB NOT NULL,
    attempts        INTEGER NOT NULL DEFAULT 0,
    looks           INTEGER NOT NULL DEFAULT 0,
    resent          INTEGER NOT NULL DEFAULT 0,
    by_hand         INTEGER NOT NULL DEFAULT 0,
    fault           TEXT,
    fault_words     TEXT,
    created_at      INTEGER NOT NULL,
    updated_at      INTEGER NOT NULL,
    scanned_at      INTEGER,
    sent_at         INTEGER,
    confirmed_at    INTEGER,
    voided_at       INTEGER,
    alarm_at        INTEGER,
    next_attempt_at INTEGER,
    fence           INTEGER NOT NULL DEFAULT 0,
    lease_owner     TEXT,
    lease_until     INTEGER,
    work_at         INTEGER GENERATED ALWAYS AS (
        min(coalesce(next_attempt_at, alarm_at), coalesce(alarm_at, next_attempt_at))) VIRTUAL,
    CHECK ((lease_owner IS NULL) = (lease_until IS NULL)),
    CHECK ((fault IS NULL) = (fault_words IS NULL)),
    UNIQUE (shipment, parcel)
) STRICT;
CREATE INDEX confirmations_by_order ON confirmations (tenant, order_id, marketplace);
CREATE INDEX confirmations_by_number ON confirmations (tenant, carrier, number);
CREATE UNIQUE INDEX confirmations_by_replaced ON confirmations (replaces) WHERE replaces IS NOT NULL;
CREATE INDEX confirmations_due ON confirmations (work_at, id) WHERE work_at IS NOT NULL;

-- What was sent to a marketplace, and what it answered. Never changed, never removed.
CREATE TABLE confirmation_evidence (
    confirmation   TEXT NOT NULL REFERENCES confirmations (id),
    number         INTEGER NOT NULL,
    kind           TEXT NOT NULL,
    sent_at        INTEGER NOT NULL,
    answered_at    INTEGER NOT NULL,
    request        BLOB NOT NULL,
    request_sha256 BLOB NOT NULL,
    outcome        TEXT NOT NULL,
    response       BLOB NOT NULL,
    PRIMARY KEY (confirmation, number)
) STRICT;
