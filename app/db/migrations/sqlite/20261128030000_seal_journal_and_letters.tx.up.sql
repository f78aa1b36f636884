ALTER TABLE journal_head ADD COLUMN mac TEXT NOT NULL DEFAULT '';

--bun:split

-- The database meets its key anew, and has the head of its journal signed then.
DELETE FROM settings WHERE id = 'secret_key';

--bun:split

CREATE TABLE journal_seal (
  id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
  entry INTEGER NOT NULL CHECK (entry >= 1),
  hash TEXT NOT NULL,
  entries INTEGER NOT NULL CHECK (entries >= 1),
  at TEXT NOT NULL,
  actor TEXT NOT NULL,
  export TEXT NOT NULL,
  mac TEXT NOT NULL
) STRICT;

--bun:split

CREATE TABLE journal_tallies (
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  refused TEXT NOT NULL,
  kind TEXT NOT NULL,
  since TEXT NOT NULL,
  until TEXT NOT NULL,
  entries INTEGER NOT NULL CHECK (entries >= 0),
  more INTEGER NOT NULL CHECK (more >= 0),
  PRIMARY KEY (actor, action, refused, kind)
) STRICT;

--bun:split

CREATE INDEX journal_tallies_until ON journal_tallies (until);

--bun:split

DROP TRIGGER journal_loses_nothing;

--bun:split

CREATE TRIGGER journal_loses_nothing BEFORE DELETE ON journal WHEN OLD.id > coalesce((SELECT max(entry) FROM journal_seal), 0) BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;

--bun:split

-- What was put before letters were sealed holds links in clear.
DELETE FROM mails WHERE state <> 'sent';

--bun:split

UPDATE mails SET details = '';

--bun:split

ALTER TABLE mails ADD COLUMN link TEXT NOT NULL DEFAULT '';

--bun:split

ALTER TABLE mails ADD COLUMN link_until TEXT;

--bun:split

CREATE INDEX mails_created ON mails (created_at);

--bun:split

CREATE INDEX mails_link ON mails (link);
