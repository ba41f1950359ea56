-- Where Graph's delta of applications goes on, and when it was asked for the last time. The link is Graph's, and names no
-- credential.
ALTER TABLE inventory_passes ADD COLUMN delta_link TEXT;
ALTER TABLE inventory_passes ADD COLUMN delta_at TEXT;
