-- What was told of orders, what each counts in the marketplaces' metrics, and the sums of that.
-- Times are whole microseconds since 1970-01-01T00:00Z; days are ISO 8601. Bodies are opaque to the database.

CREATE TABLE measured_orders (
    tenant      TEXT NOT NULL,
    marketplace TEXT NOT NULL,
    order_id    TEXT NOT NULL,
    version     INTEGER NOT NULL,
    rule_set    TEXT NOT NULL,
    PRIMARY KEY (tenant, marketplace, order_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX measured_orders_by_rules ON measured_orders (rule_set);

-- Never changed: a correction is a row of a larger version.
CREATE TABLE order_facts (
    tenant      TEXT NOT NULL,
    marketplace TEXT NOT NULL,
    order_id    TEXT NOT NULL,
    id          TEXT NOT NULL,
    version     INTEGER NOT NULL,
    kind        TEXT NOT NULL,
    occurred_at INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL,
    body        BLOB NOT NULL,
    PRIMARY KEY (tenant, marketplace, order_id, id, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE measured_packages (
    tenant       TEXT NOT NULL,
    marketplace  TEXT NOT NULL,
    order_id     TEXT NOT NULL,
    metric       TEXT NOT NULL,
    package      TEXT NOT NULL,
    category     TEXT NOT NULL,
    day          TEXT NOT NULL,
    tag          TEXT NOT NULL,
    right_until  TEXT NOT NULL,
    weight       INTEGER NOT NULL,
    exempt       INTEGER NOT NULL,
    is_right     INTEGER NOT NULL,
    at_risk_from INTEGER NOT NULL,
    body         BLOB NOT NULL,
    -- Whether it is wrong or can become so by time alone.
    suspect      INTEGER NOT NULL GENERATED ALWAYS AS (
        exempt = 0 AND (is_right = 0 OR right_until < '9999-12-31')) STORED,
    PRIMARY KEY (tenant, marketplace, order_id, metric, package)
) STRICT, WITHOUT ROWID;
CREATE INDEX measured_suspects ON measured_packages (tenant, marketplace, metric, day, order_id, package)
    WHERE suspect = 1;

CREATE TABLE measured_sums (
    tenant      TEXT NOT NULL,
    marketplace TEXT NOT NULL,
    metric      TEXT NOT NULL,
    day         TEXT NOT NULL,
    category    TEXT NOT NULL,
    tag         TEXT NOT NULL,
    right_until TEXT NOT NULL,
    counted     INTEGER NOT NULL,
    is_right    INTEGER NOT NULL,
    exempt      INTEGER NOT NULL,
    PRIMARY KEY (tenant, marketplace, metric, day, category, tag, right_until)
) STRICT, WITHOUT ROWID;

-- Shipments whose order's facts are to be told anew, written by the transaction that has the news.
CREATE TABLE measuring_news (
    id       INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    tenant   TEXT NOT NULL,
    shipment TEXT NOT NULL
) STRICT;

CREATE TRIGGER measure_purchases AFTER UPDATE OF state ON purchases
WHEN new.state IN ('PURCHASED', 'VOIDED') AND old.state <> new.state
BEGIN
    INSERT INTO measuring_news (tenant, shipment) VALUES (new.tenant, new.id);
END;

CREATE TRIGGER measure_first_tracking AFTER INSERT ON tracking
WHEN new.shipment IS NOT NULL
BEGIN
    INSERT INTO measuring_news (tenant, shipment) VALUES (new.tenant, new.shipment);
END;

CREATE TRIGGER measure_tracking AFTER UPDATE OF body ON tracking
WHEN new.shipment IS NOT NULL
BEGIN
    INSERT INTO measuring_news (tenant, shipment) VALUES (new.tenant, new.shipment);
END;
