-- In lower case, as rules are held against it; empty where a person has none, and NULL where that is not known.
ALTER TABLE inventory_owners ADD COLUMN department TEXT;

CREATE INDEX inventory_owners_by_department ON inventory_owners (tenant_id, department, kind, object_id)
    WHERE department IS NOT NULL;

-- Groups in Entra whose members are of a team, and how the last read of each went.
CREATE TABLE team_groups (
    tenant_id TEXT NOT NULL,
    group_id  TEXT NOT NULL,
    -- displayName; NULL: not known.
    name      TEXT,
    tried_at  TEXT NOT NULL,
    -- When the people below were read; NULL: never.
    read_at   TEXT,
    -- Why the last try was in vain; NULL: it was not.
    failure   TEXT,
    PRIMARY KEY (tenant_id, group_id)
);

CREATE TABLE team_group_people (
    tenant_id TEXT NOT NULL,
    group_id  TEXT NOT NULL,
    person_id TEXT NOT NULL,
    -- As far as the portal may read them.
    name      TEXT,
    address   TEXT,
    PRIMARY KEY (tenant_id, group_id, person_id)
);

CREATE INDEX team_group_people_by_person ON team_group_people (tenant_id, person_id);
