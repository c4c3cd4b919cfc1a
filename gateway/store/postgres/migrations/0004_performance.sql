-- What was told of orders, what each counts in the marketplaces' metrics, and the sums of that.
-- Times are whole microseconds since 1970-01-01T00:00Z; days are ISO 8601. Bodies are opaque to the database.

CREATE TABLE measured_orders (
    tenant      text COLLATE "C" NOT NULL,
    marketplace text COLLATE "C" NOT NULL,
    order_id    text COLLATE "C" NOT NULL,
    version     bigint NOT NULL,
    rule_set    text COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant, marketplace, order_id)
);
CREATE INDEX measured_orders_by_rules ON measured_orders (rule_set);

-- Never changed: a correction is a row of a larger version.
CREATE TABLE order_facts (
    tenant      text COLLATE "C" NOT NULL,
    marketplace text COLLATE "C" NOT NULL,
    order_id    text COLLATE "C" NOT NULL,
    id          text COLLATE "C" NOT NULL,
    version     bigint NOT NULL,
    kind        text COLLATE "C" NOT NULL,
    occurred_at bigint NOT NULL,
    recorded_at bigint NOT NULL,
    body        bytea NOT NULL,
    PRIMARY KEY (tenant, marketplace, order_id, id, version)
);

CREATE TABLE measured_packages (
    tenant       text COLLATE "C" NOT NULL,
    marketplace  text COLLATE "C" NOT NULL,
    order_id     text COLLATE "C" NOT NULL,
    metric       text COLLATE "C" NOT NULL,
    package      text COLLATE "C" NOT NULL,
    category     text COLLATE "C" NOT NULL,
    day          text COLLATE "C" NOT NULL,
    tag          text COLLATE "C" NOT NULL,
    right_until  text COLLATE "C" NOT NULL,
    weight       bigint NOT NULL,
    exempt       boolean NOT NULL,
    is_right     boolean NOT NULL,
    at_risk_from bigint NOT NULL,
    body         bytea NOT NULL,
    -- Whether it is wrong or can become so by time alone.
    suspect      boolean NOT NULL GENERATED ALWAYS AS (
        NOT exempt AND (NOT is_right OR right_until < '9999-12-31')) STORED,
    PRIMARY KEY (tenant, marketplace, order_id, metric, package)
);
CREATE INDEX measured_suspects ON measured_packages (tenant, marketplace, metric, day, order_id, package)
    WHERE suspect;

CREATE TABLE measured_sums (
    tenant      text COLLATE "C" NOT NULL,
    marketplace text COLLATE "C" NOT NULL,
    metric      text COLLATE "C" NOT NULL,
    day         text COLLATE "C" NOT NULL,
    category    text COLLATE "C" NOT NULL,
    tag         text COLLATE "C" NOT NULL,
    right_until text COLLATE "C" NOT NULL,
    counted     bigint NOT NULL,
    is_right    bigint NOT NULL,
    exempt      bigint NOT NULL,
    PRIMARY KEY (tenant, marketplace, metric, day, category, tag, right_until)
) WITH (fillfactor = 50);

-- Shipments whose order's facts are to be told anew, written by the transaction that has the news.
CREATE TABLE measuring_news (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant   text COLLATE "C" NOT NULL,
    shipment text COLLATE "C" NOT NULL
);

CREATE FUNCTION measure_purchase() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO measuring_news (tenant, shipment) VALUES (new.tenant, new.id);
    RETURN NULL;
END
$$;

CREATE FUNCTION measure_tracking() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO measuring_news (tenant, shipment) VALUES (new.tenant, new.shipment);
    RETURN NULL;
END
$$;

CREATE TRIGGER measure_purchases AFTER UPDATE OF state ON purchases
FOR EACH ROW WHEN (new.state IN ('PURCHASED', 'VOIDED') AND old.state <> new.state)
EXECUTE FUNCTION measure_purchase();

CREATE TRIGGER measure_first_tracking AFTER INSERT ON tracking
FOR EACH ROW WHEN (new.shipment IS NOT NULL)
EXECUTE FUNCTION measure_tracking();

CREATE TRIGGER measure_tracking AFTER UPDATE OF body ON tracking
FOR EACH ROW WHEN (new.shipment IS NOT NULL)
EXECUTE FUNCTION measure_tracking();
