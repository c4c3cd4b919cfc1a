-- Decisions on claims and ratings, in a chain for each order. Never changed: a later one is another row.
-- Times are whole microseconds since 1970-01-01T00:00Z. Inputs are opaque to the database.
CREATE TABLE decisions (
    tenant      text COLLATE "C" NOT NULL,
    marketplace text COLLATE "C" NOT NULL,
    order_id    text COLLATE "C" NOT NULL,
    sequence    bigint NOT NULL,
    id          text COLLATE "C" NOT NULL,
    kind        text COLLATE "C" NOT NULL,
    subject     text COLLATE "C" NOT NULL,
    decided_at  bigint NOT NULL,
    document    text NOT NULL,
    input       bytea NOT NULL,
    PRIMARY KEY (tenant, marketplace, order_id, sequence)
);
CREATE UNIQUE INDEX decisions_by_id ON decisions (tenant, id);

CREATE TABLE signing_keys (
    kid           text COLLATE "C" NOT NULL PRIMARY KEY,
    public        bytea NOT NULL,
    first_used_at bigint NOT NULL
);

-- Orders with decisions that were told something since, written by the transaction that records the facts.
CREATE TABLE reconsidering (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant      text COLLATE "C" NOT NULL,
    marketplace text COLLATE "C" NOT NULL,
    order_id    text COLLATE "C" NOT NULL
);

CREATE FUNCTION reconsider_order() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM decisions WHERE tenant = new.tenant AND marketplace = new.marketplace
        AND order_id = new.order_id) THEN
        INSERT INTO reconsidering (tenant, marketplace, order_id)
        VALUES (new.tenant, new.marketplace, new.order_id);
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER reconsider_orders AFTER UPDATE OF version ON measured_orders
FOR EACH ROW EXECUTE FUNCTION reconsider_order();
