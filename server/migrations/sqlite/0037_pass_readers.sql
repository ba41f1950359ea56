-- With whose sign-ins a pass has read so far, a name in each line; NULL: by the portal's own right alone. `read_by` has the same of
-- the last pass that went to its end.
ALTER TABLE inventory_passes ADD COLUMN reading_by TEXT;
