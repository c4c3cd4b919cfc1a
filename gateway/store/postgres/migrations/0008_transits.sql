-- How long parcels took, and how many took how long. Days are ISO 8601, months their first seven characters.
CREATE TABLE transits (
    tenant           text COLLATE "C" NOT NULL,
    shipment         text COLLATE "C" NOT NULL,
    parcel           bigint NOT NULL,
    origin           text COLLATE "C" NOT NULL,
    destination      text COLLATE "C" NOT NULL,
    month            text COLLATE "C" NOT NULL,
    carrier          text COLLATE "C" NOT NULL,
    service          text COLLATE "C" NOT NULL,
    origin_part      text COLLATE "C" NOT NULL,
    destination_part text COLLATE "C" NOT NULL,
    days             bigint NOT NULL,
    PRIMARY KEY (tenant, shipment, parcel)
);

CREATE TABLE transit_counts (
    tenant           text COLLATE "C" NOT NULL,
    origin           text COLLATE "C" NOT NULL,
    destination      text COLLATE "C" NOT NULL,
    month            text COLLATE "C" NOT NULL,
    carrier          text COLLATE "C" NOT NULL,
    service          text COLLATE "C" NOT NULL,
    origin_part      text COLLATE "C" NOT NULL,
    destination_part text COLLATE "C" NOT NULL,
    days             bigint NOT NULL,
    parcels          bigint NOT NULL,
    PRIMARY KEY (tenant, origin, destination, month, carrier, service, origin_part, destination_part, days)
);
