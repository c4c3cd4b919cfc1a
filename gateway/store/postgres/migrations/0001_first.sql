-- Times are whole microseconds since 1970-01-01T00:00Z. Bodies are opaque to the database. Keys are compared byte by
-- byte, whatever the database's language is.

CREATE TABLE accounts (
    tenant         text COLLATE "C" NOT NULL,
    id             text COLLATE "C" NOT NULL,
    carrier        text NOT NULL,
    name           text NOT NULL,
    settings       bytea NOT NULL,
    sealed_secrets bytea NOT NULL,
    updated_at     bigint NOT NULL,
    PRIMARY KEY (tenant, id)
);

CREATE TABLE quotes (
    tenant      text COLLATE "C" NOT NULL,
    id          text COLLATE "C" NOT NULL,
    created_at  bigint NOT NULL,
    expires_at  bigint NOT NULL,
    fingerprint bytea NOT NULL,
    body        bytea NOT NULL,
    PRIMARY KEY (tenant, id)
);
CREATE INDEX quotes_by_expiry ON quotes (expires_at);

CREATE TABLE purchases (
    id              text COLLATE "C" NOT NULL PRIMARY KEY,
    tenant          text COLLATE "C" NOT NULL,
    -- Absent once it has expired: the caller may then use it for another purchase.
    idempotency_key text COLLATE "C",
    fingerprint     bytea NOT NULL,
    carrier         text NOT NULL,
    account         text NOT NULL,
    service         text NOT NULL,
    reference       text NOT NULL,
    state           text COLLATE "C" NOT NULL CHECK (state IN
        ('INTENT', 'SENDING', 'IN_DOUBT', 'PURCHASED', 'REFUSED', 'VOID_REQUESTED', 'VOIDED')),
    body            bytea NOT NULL,
    answer          bytea,
    answered_at     bigint,
    created_at      bigint NOT NULL,
    updated_at      bigint NOT NULL,
    fence           bigint NOT NULL,
    lease_owner     text,
    lease_until     bigint,
    next_action_at  bigint,
    -- When there is work on it, whoever holds it: never while it is at rest, or in doubt and waiting for an operator.
    work_at         bigint GENERATED ALWAYS AS (
        CASE
            WHEN state IN ('PURCHASED', 'VOIDED') THEN NULL
            WHEN state = 'REFUSED' THEN next_action_at
            WHEN lease_owner IS NOT NULL THEN coalesce(next_action_at, 0)
            WHEN state = 'IN_DOUBT' THEN next_action_at
            ELSE coalesce(next_action_at, created_at)
        END) STORED,
    CHECK ((lease_owner IS NULL) = (lease_until IS NULL)),
    CHECK (answer IS NULL OR answered_at IS NOT NULL),
    UNIQUE (tenant, idempotency_key)
) WITH (fillfactor = 80);
CREATE INDEX purchases_by_age ON purchases (tenant, created_at, id);
CREATE INDEX purchases_by_state ON purchases (tenant, state, created_at, id);
CREATE INDEX purchases_due ON purchases (work_at, id) WHERE work_at IS NOT NULL;
CREATE INDEX purchases_in_doubt ON purchases (created_at, id) WHERE state = 'IN_DOUBT';
CREATE INDEX purchases_with_key ON purchases (answered_at)
    WHERE idempotency_key IS NOT NULL AND answered_at IS NOT NULL;

CREATE TABLE tracking_numbers (
    tenant    text COLLATE "C" NOT NULL,
    carrier   text COLLATE "C" NOT NULL,
    number    text COLLATE "C" NOT NULL,
    purchase  text COLLATE "C" NOT NULL REFERENCES purchases (id),
    stored_at bigint NOT NULL,
    PRIMARY KEY (tenant, carrier, number, purchase)
);

CREATE TABLE journal (
    purchase       text COLLATE "C" NOT NULL REFERENCES purchases (id),
    operation      text COLLATE "C" NOT NULL,
    step           bigint NOT NULL,
    name           text NOT NULL,
    request        bytea NOT NULL,
    request_sha256 bytea NOT NULL,
    intent_at      bigint NOT NULL,
    reply          bytea,
    reply_at       bigint,
    CHECK ((reply IS NULL) = (reply_at IS NULL)),
    PRIMARY KEY (purchase, operation, step)
);
CREATE INDEX journal_by_age ON journal (intent_at);

-- Documents of the same bytes share them. Labels do not shrink much: they are kept as they are.
CREATE TABLE blobs (
    sha256 bytea NOT NULL PRIMARY KEY,
    bytes  bytea NOT NULL
);
ALTER TABLE blobs ALTER COLUMN bytes SET STORAGE EXTERNAL;

CREATE TABLE documents (
    position   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant     text COLLATE "C" NOT NULL,
    id         text COLLATE "C" NOT NULL,
    shipment   text COLLATE "C" NOT NULL REFERENCES purchases (id),
    kind       text NOT NULL,
    format     text NOT NULL,
    parcel     bigint,
    sha256     bytea NOT NULL REFERENCES blobs (sha256),
    size       bigint NOT NULL,
    created_at bigint NOT NULL,
    -- What was found wrong with the bytes, with commas between: empty when nothing was, absent until somebody looked.
    flaws      text,
    UNIQUE (tenant, id)
);
CREATE INDEX documents_by_shipment ON documents (tenant, shipment, position);
CREATE INDEX documents_unchecked ON documents (position) WHERE flaws IS NULL;

CREATE TABLE tracking (
    tenant       text COLLATE "C" NOT NULL,
    carrier      text COLLATE "C" NOT NULL,
    number       text COLLATE "C" NOT NULL,
    shipment     text,
    status       text NOT NULL,
    body         bytea NOT NULL,
    as_of        bigint NOT NULL,
    next_poll_at bigint,
    delivered_at bigint,
    version      bigint NOT NULL,
    PRIMARY KEY (tenant, carrier, number)
) WITH (fillfactor = 80);
CREATE INDEX tracking_due ON tracking (next_poll_at) WHERE next_poll_at IS NOT NULL;

-- Numbers are given out under one lock that is held until the commit, so that they grow in the order of the commits.
CREATE TABLE events (
    sequence bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant   text COLLATE "C" NOT NULL,
    shipment text,
    kind     text NOT NULL,
    body     bytea NOT NULL,
    at       bigint NOT NULL
);
CREATE INDEX events_by_tenant ON events (tenant, sequence);

-- What a person must know of a purchase. An open one is raised once however often its cause comes back.
CREATE TABLE alarms (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant    text COLLATE "C" NOT NULL,
    purchase  text COLLATE "C" NOT NULL REFERENCES purchases (id),
    carrier   text NOT NULL,
    code      text COLLATE "C" NOT NULL,
    words     text NOT NULL,
    raised_at bigint NOT NULL,
    closed_at bigint,
    closed_by text,
    CHECK ((closed_at IS NULL) = (closed_by IS NULL))
);
CREATE UNIQUE INDEX alarms_open ON alarms (purchase, code) WHERE closed_at IS NULL;
CREATE INDEX alarms_to_see ON alarms (id) WHERE closed_at IS NULL;
