-- What marketplaces are told of parcels: one row a parcel of a purchase, written with the purchase's end.
CREATE TABLE confirmations (
    id              text COLLATE "C" NOT NULL PRIMARY KEY,
    tenant          text COLLATE "C" NOT NULL,
    marketplace     text COLLATE "C" NOT NULL,
    order_id        text COLLATE "C" NOT NULL,
    shipment        text COLLATE "C" NOT NULL REFERENCES purchases (id),
    parcel          bigint NOT NULL,
    carrier         text COLLATE "C" NOT NULL,
    number          text COLLATE "C" NOT NULL,
    -- The parcel's number within the order: a replacement has that of the parcel that it replaces.
    package         bigint NOT NULL,
    replaces        text COLLATE "C" REFERENCES confirmations (id),
    state           text COLLATE "C" NOT NULL CHECK (state IN
        ('PENDING', 'SENT', 'CONFIRMED', 'REFUSED', 'WITHDRAWN', 'SUPERSEDED')),
    content         bytea NOT NULL,
    content_sha256  bytea NOT NULL,
    attempts        bigint NOT NULL DEFAULT 0,
    looks           bigint NOT NULL DEFAULT 0,
    resent          bigint NOT NULL DEFAULT 0,
    by_hand         boolean NOT NULL DEFAULT false,
    fault           text COLLATE "C",
    fault_words     text COLLATE "C",
    created_at      bigint NOT NULL,
    updated_at      bigint NOT NULL,
    scanned_at      bigint,
    sent_at         bigint,
    confirmed_at    bigint,
    voided_at       bigint,
    alarm_at        bigint,
    next_attempt_at bigint,
    fence           bigint NOT NULL DEFAULT 0,
    lease_owner     text COLLATE "C",
    lease_until     bigint,
    work_at         bigint GENERATED ALWAYS AS (least(next_attempt_at, alarm_at)) STORED,
    CHECK ((lease_owner IS NULL) = (lease_until IS NULL)),
    CHECK ((fault IS NULL) = (fault_words IS NULL)),
    UNIQUE (shipment, parcel)
) WITH (fillfactor = 80);
CREATE INDEX confirmations_by_order ON confirmations (tenant, order_id, marketplace);
CREATE INDEX confirmations_by_number ON confirmations (tenant, carrier, number);
CREATE UNIQUE INDEX confirmations_by_replaced ON confirmations (replaces) WHERE replaces IS NOT NULL;
CREATE INDEX confirmations_due ON confirmations (work_at, id) WHERE work_at IS NOT NULL;

-- What was sent to a marketplace, and what it answered. Never changed, never removed.
CREATE TABLE confirmation_evidence (
    confirmation   text COLLATE "C" NOT NULL REFERENCES confirmations (id),
    number         bigint NOT NULL,
    kind           text COLLATE "C" NOT NULL,
    sent_at        bigint NOT NULL,
    answered_at    bigint NOT NULL,
    request        bytea NOT NULL,
    request_sha256 bytea NOT NULL,
    outcome        text COLLATE "C" NOT NULL,
    response       bytea NOT NULL,
    PRIMARY KEY (confirmation, number)
);
