-- In lower case, as rules are held against it; empty where a person has none, and NULL where that is not known.
ALTER TABLE inventory_owners ADD COLUMN department TEXT;

CREATE INDEX inventory_owners_by_department ON inventory_owners (tenant_id, department, kind, object_id)
    WHERE department IS NOT NULL;
