-- Of a channel whose receiver said that it is gone: a digest of the address at which it said so. Another address is another receiver.
ALTER TABLE notice_channels ADD COLUMN address TEXT;
