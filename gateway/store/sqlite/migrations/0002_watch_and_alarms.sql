-- A key may expire, so it may be absent; a refused purchase may be watched; leases end by their own clock.

CREATE TABLE new_purchases (
    id              TEXT NOT NULL PRIMARY KEY,
    tenant          TEXT NOT NULL,
    -- Absent once it has expired: the caller may then use it for another purchase.
    idempotency_key TEXT,
    fingerprint     BLOB NOT NULL,
    carrier         TEXT NOT NULL,
    account         TEXT NOT NULL,
    service         TEXT NOT NULL,
    reference       TEXT NOT NULL,
    state           TEXT NOT NULL CHECK (state IN
        ('INTENT', 'SENDING', 'IN_DOUBT', 'PURCHASED', 'REFUSED', 'VOID_REQUESTED', 'VOIDED')),
    body            BLOB NOT NULL,
    answer          BLOB,
    answered_at     INTEGER,
    created_at      INTEGER NOT NULL,
    updated_at      INTEGER NOT NULL,
    fence           INTEGER NOT NULL,
    lease_owner     TEXT,
    lease_until     INTEGER,
    next_action_at  INTEGER,
    -- When there is work on it, whoever holds it: never while it is at rest, or in doubt and waiting for an operator.
    work_at         INTEGER GENERATED ALWAYS AS (
        CASE
            WHEN state IN ('PURCHASED', 'VOIDED') THEN NULL
            WHEN state = 'REFUSED' THEN next_action_at
            WHEN lease_owner IS NOT NULL THEN coalesce(next_action_at, 0)
            WHEN state = 'IN_DOUBT' THEN next_action_at
            ELSE coalesce(next_action_at, created_at)
        END) VIRTUAL,
    CHECK ((lease_owner IS NULL) = (lease_until IS NULL)),
    CHECK ((answer IS NULL) >= (answered_at IS NULL)),
    UNIQUE (tenant, idempotency_key)
) STRICT;
INSERT INTO new_purchases
    (id, tenant, idempotency_key, fingerprint, carrier, account, service, reference, state, body, answer, answered_at,
     created_at, updated_at, fence, lease_owner, lease_until, next_action_at)
SELECT id, tenant, idempotency_key, fingerprint, carrier, account, service, reference, state, body, answer,
       CASE WHEN answer IS NULL THEN NULL ELSE updated_at END,
       created_at, updated_at, fence, lease_owner, lease_until, next_action_at
FROM purchases;
DROP TABLE purchases;
ALTER TABLE new_purchases RENAME TO purchases;
CREATE INDEX purchases_by_age ON purchases (tenant, created_at, id);
CREATE INDEX purchases_by_state ON purchases (tenant, state, created_at, id);
CREATE INDEX purchases_due ON purchases (work_at, id) WHERE work_at IS NOT NULL;
CREATE INDEX purchases_in_doubt ON purchases (created_at, id) WHERE state = 'IN_DOUBT';
CREATE INDEX purchases_with_key ON purchases (answered_at) WHERE idempotency_key IS NOT NULL AND answered_at IS NOT NULL;

-- What a person must know of a purchase. An open one is raised once however often its cause comes back.
CREATE TABLE alarms (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant    TEXT NOT NULL,
    purchase  TEXT NOT NULL REFERENCES purchases (id),
    carrier   TEXT NOT NULL,
    code      TEXT NOT NULL,
    words     TEXT NOT NULL,
    raised_at INTEGER NOT NULL,
    closed_at INTEGER,
    closed_by TEXT,
    CHECK ((closed_at IS NULL) = (closed_by IS NULL))
) STRICT;
CREATE UNIQUE INDEX alarms_open ON alarms (purchase, code) WHERE closed_at IS NULL;
CREATE INDEX alarms_to_see ON alarms (id) WHERE closed_at IS NULL;

-- What was found wrong with the bytes, with commas between: empty when nothing was, absent until somebody looked.
ALTER TABLE documents ADD COLUMN flaws TEXT;
CREATE INDEX documents_unchecked ON documents (position) WHERE flaws IS NULL;
