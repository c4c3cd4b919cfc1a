-- How long parcels took, and how many took how long. Days are ISO 8601, months their first seven characters.
CREATE TABLE transits (
    tenant           TEXT NOT NULL,
    shipment         TEXT NOT NULL,
    parcel           INTEGER NOT NULL,
    origin           TEXT NOT NULL,
    destination      TEXT NOT NULL,
    month            TEXT NOT NULL,
    carrier          TEXT NOT NULL,
    service          TEXT NOT NULL,
    origin_part      TEXT NOT NULL,
    destination_part TEXT NOT NULL,
    days             INTEGER NOT NULL,
    PRIMARY KEY (tenant, shipment, parcel)
) STRICT, WITHOUT ROWID;

CREATE TABLE transit_counts (
    tenant           TEXT NOT NULL,
    origin           TEXT NOT NULL,
    destination      TEXT NOT NULL,
    month            TEXT NOT NULL,
    carrier          TEXT NOT NULL,
    service          TEXT NOT NULL,
    origin_part      TEXT NOT NULL,
    destination_part TEXT NOT NULL,
    days             INTEGER NOT NULL,
    parcels          INTEGER NOT NULL,
    PRIMARY KEY (tenant, origin, destination, month, carrier, service, origin_part, destination_part, days)
) STRICT, WITHOUT ROWID;
