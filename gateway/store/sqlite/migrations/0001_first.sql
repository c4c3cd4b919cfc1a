-- Times are whole microseconds since 1970-01-01T00:00Z. Bodies are opaque to the database.

CREATE TABLE accounts (
    tenant         TEXT NOT NULL,
    id             TEXT NOT NULL,
    carrier        TEXT NOT NULL,
    name           TEXT NOT NULL,
    settings       BLOB NOT NULL,
    sealed_secrets BLOB NOT NULL,
    updated_at     INTEGER NOT NULL,
    PRIMARY KEY (tenant, id)
) STRICT;

CREATE TABLE quotes (
    tenant      TEXT NOT NULL,
    id          TEXT NOT NULL,
    created_at  INTEGER NOT NULL,
    expires_at  INTEGER NOT NULL,
    fingerprint BLOB NOT NULL,
    body        BLOB NOT NULL,
    PRIMARY KEY (tenant, id)
) STRICT;
CREATE INDEX quotes_by_expiry ON quotes (expires_at);

CREATE TABLE purchases (
    id              TEXT NOT NULL PRIMARY KEY,
    tenant          TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    fingerprint     BLOB NOT NULL,
    carrier         TEXT NOT NULL,
    account         TEXT NOT NULL,
    service         TEXT NOT NULL,
    reference       TEXT NOT NULL,
    state           TEXT NOT NULL CHECK (state IN
        ('INTENT', 'SENDING', 'IN_DOUBT', 'PURCHASED', 'REFUSED', 'VOID_REQUESTED', 'VOIDED')),
    body            BLOB NOT NULL,
    answer          BLOB,
    created_at      INTEGER NOT NULL,
    updated_at      INTEGER NOT NULL,
    fence           INTEGER NOT NULL,
    lease_owner     TEXT,
    lease_until     INTEGER,
    next_action_at  INTEGER,
    -- When a worker may take it over: never while it is at rest, or in doubt and waiting for an operator.
    due_at          INTEGER GENERATED ALWAYS AS (
        CASE
            WHEN state IN ('PURCHASED', 'REFUSED', 'VOIDED') THEN NULL
            WHEN lease_owner IS NOT NULL THEN max(lease_until, coalesce(next_action_at, lease_until))
            WHEN state = 'IN_DOUBT' THEN next_action_at
            ELSE coalesce(next_action_at, created_at)
        END) VIRTUAL,
    CHECK ((lease_owner IS NULL) = (lease_until IS NULL)),
    UNIQUE (tenant, idempotency_key)
) STRICT;
CREATE INDEX purchases_by_age ON purchases (tenant, created_at, id);
CREATE INDEX purchases_by_state ON purchases (tenant, state, created_at, id);
CREATE INDEX purchases_due ON purchases (due_at, id) WHERE due_at IS NOT NULL;

CREATE TABLE tracking_numbers (
    tenant    TEXT NOT NULL,
    carrier   TEXT NOT NULL,
    number    TEXT NOT NULL,
    purchase  TEXT NOT NULL REFERENCES purchases (id),
    stored_at INTEGER NOT NULL,
    PRIMARY KEY (tenant, carrier, number, purchase)
) STRICT, WITHOUT ROWID;

CREATE TABLE journal (
    purchase       TEXT NOT NULL REFERENCES purchases (id),
    operation      TEXT NOT NULL,
    step           INTEGER NOT NULL,
    name           TEXT NOT NULL,
    request        BLOB NOT NULL,
    request_sha256 BLOB NOT NULL,
    intent_at      INTEGER NOT NULL,
    reply          BLOB,
    reply_at       INTEGER,
    CHECK ((reply IS NULL) = (reply_at IS NULL)),
    PRIMARY KEY (purchase, operation, step)
) STRICT;
CREATE INDEX journal_by_age ON journal (intent_at);

-- Documents of the same bytes share them.
CREATE TABLE blobs (
    sha256 BLOB NOT NULL PRIMARY KEY,
    bytes  BLOB NOT NULL
) STRICT;

CREATE TABLE documents (
    position   INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant     TEXT NOT NULL,
    id         TEXT NOT NULL,
    shipment   TEXT NOT NULL REFERENCES purchases (id),
    kind       TEXT NOT NULL,
    format     TEXT NOT NULL,
    parcel     INTEGER,
    sha256     BLOB NOT NULL REFERENCES blobs (sha256),
    size       INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    UNIQUE (tenant, id)
) STRICT;
CREATE INDEX documents_by_shipment ON documents (tenant, shipment, position);

CREATE TABLE tracking (
    tenant       TEXT NOT NULL,
    carrier      TEXT NOT NULL,
    number       TEXT NOT NULL,
    shipment     TEXT,
    status       TEXT NOT NULL,
    body         BLOB NOT NULL,
    as_of        INTEGER NOT NULL,
    next_poll_at INTEGER,
    delivered_at INTEGER,
    version      INTEGER NOT NULL,
    PRIMARY KEY (tenant, carrier, number)
) STRICT;
CREATE INDEX tracking_due ON tracking (next_poll_at) WHERE next_poll_at IS NOT NULL;

-- AUTOINCREMENT: a number is never given out twice, so a cursor never skips an event.
CREATE TABLE events (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant   TEXT NOT NULL,
    shipment TEXT,
    kind     TEXT NOT NULL,
    body     BLOB NOT NULL,
    at       INTEGER NOT NULL
) STRICT;
CREATE INDEX events_by_tenant ON events (tenant, sequence);
