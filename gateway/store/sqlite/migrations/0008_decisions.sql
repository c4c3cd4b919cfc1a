-- Decisions on claims and ratings, in a chain for each order. Never changed: a later one is another row.
CREATE TABLE decisions (
    tenant      TEXT NOT NULL,
    marketplace TEXT NOT NULL,
    order_id    TEXT NOT NULL,
    sequence    INTEGER NOT NULL,
    id          TEXT NOT NULL,
    kind        TEXT NOT NULL,
    subject     TEXT NOT NULL,
    decided_at  INTEGER NOT NULL,
    document    TEXT NOT NULL,
    input       BLOB NOT NULL,
    PRIMARY KEY (tenant, marketplace, order_id, sequence)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX decisions_by_id ON decisions (tenant, id);

CREATE TABLE signing_keys (
    kid           TEXT NOT NULL PRIMARY KEY,
    public        BLOB NOT NULL,
    first_used_at INTEGER NOT NULL
) STRICT;

-- Orders with decisions that were told something since, written by the transaction that records the facts.
CREATE TABLE reconsidering (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant      TEXT NOT NULL,
    marketplace TEXT NOT NULL,
    order_id    TEXT NOT NULL
) STRICT;

CREATE TRIGGER reconsider_orders AFTER UPDATE OF version ON measured_orders
WHEN EXISTS (SELECT 1 FROM decisions WHERE tenant = new.tenant AND marketplace = new.marketplace
    AND order_id = new.order_id)
BEGIN
    INSERT INTO reconsidering (tenant, marketplace, order_id)
    VALUES (new.tenant, new.marketplace, new.order_id);
END;
