-- Numbers know the account they are asked with; what carriers push is kept; what was bought before is followed too.

ALTER TABLE tracking ADD COLUMN account TEXT;
ALTER TABLE tracking ADD COLUMN failures INTEGER NOT NULL DEFAULT 0;

CREATE TABLE hooks (
    id          INTEGER PRIMARY KEY,
    tenant      TEXT NOT NULL,
    carrier     TEXT NOT NULL,
    account     TEXT NOT NULL,
    fingerprint BLOB NOT NULL,
    body        BLOB NOT NULL,
    received_at INTEGER NOT NULL,
    state       TEXT NOT NULL CHECK (state IN ('KEPT', 'MERGED', 'REFUSED', 'UNREADABLE')),
    attempts    INTEGER NOT NULL,
    -- When somebody is to look at it; absent once somebody has.
    due_at      INTEGER,
    UNIQUE (tenant, carrier, account, fingerprint)
) STRICT;
CREATE INDEX hooks_due ON hooks (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX hooks_by_age ON hooks (received_at);

INSERT INTO tracking (tenant, carrier, number, shipment, account, status, body, as_of, next_poll_at, version)
    SELECT n.tenant, n.carrier, n.number, p.id, p.account, 'UNKNOWN', x'', n.stored_at, n.stored_at, 1
    FROM tracking_numbers AS n JOIN purchases AS p ON p.id = n.purchase
    WHERE p.state = 'PURCHASED'
    ORDER BY n.stored_at DESC
    ON CONFLICT DO NOTHING;
