-- Sessions: what belongs to a browser's cookie.
CREATE TABLE sessions (
  -- SHA-256 of the cookie's value in hexadecimal: a copy of this file opens no session.
  id TEXT PRIMARY KEY NOT NULL,
  -- JSON: a sign-in under way, or who is signed in.
  data TEXT NOT NULL,
  -- Access and refresh token, AES-256-GCM, bound to the cookie's value. NULL until someone is signed in.
  tokens BLOB,
  -- Unix seconds.
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT;

CREATE INDEX sessions_by_expiry ON sessions (expires_at);
