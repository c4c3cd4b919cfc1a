-- Numbers know the account they are asked with; what carriers push is kept; what was bought before is followed too.

ALTER TABLE tracking ADD COLUMN account text COLLATE "C";
ALTER TABLE tracking ADD COLUMN failures bigint NOT NULL DEFAULT 0;

CREATE TABLE hooks (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant      text COLLATE "C" NOT NULL,
    carrier     text COLLATE "C" NOT NULL,
    account     text COLLATE "C" NOT NULL,
    fingerprint bytea NOT NULL,
    body        bytea NOT NULL,
    received_at bigint NOT NULL,
    state       text NOT NULL CHECK (state IN ('KEPT', 'MERGED', 'REFUSED', 'UNREADABLE')),
    attempts    bigint NOT NULL,
    -- When somebody is to look at it; absent once somebody has.
    due_at      bigint,
    UNIQUE (tenant, carrier, account, fingerprint)
);
CREATE INDEX hooks_due ON hooks (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX hooks_by_age ON hooks (received_at);

INSERT INTO tracking (tenant, carrier, number, shipment, account, status, body, as_of, next_poll_at, version)
    SELECT n.tenant, n.carrier, n.number, p.id, p.account, 'UNKNOWN', ''::bytea, n.stored_at, n.stored_at, 1
    FROM tracking_numbers AS n JOIN purchases AS p ON p.id = n.purchase
    WHERE p.state = 'PURCHASED'
    ORDER BY n.stored_at DESC
    ON CONFLICT DO NOTHING;
