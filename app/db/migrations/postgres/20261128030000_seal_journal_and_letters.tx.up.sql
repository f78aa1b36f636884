SET LOCAL lock_timeout = '5s';

--bun:split

ALTER TABLE journal_head ADD COLUMN mac text COLLATE "C" NOT NULL DEFAULT '';

--bun:split

-- The database meets its key anew, and has the head of its journal signed then.
DELETE FROM settings WHERE id = 'secret_key';

--bun:split

CREATE TABLE journal_seal (
  id bigint PRIMARY KEY CHECK (id = 1),
  entry bigint NOT NULL CHECK (entry >= 1),
  hash text COLLATE "C" NOT NULL,
  entries bigint NOT NULL CHECK (entries >= 1),
  at timestamptz NOT NULL,
  actor text COLLATE "C" NOT NULL,
  export text COLLATE "C" NOT NULL,
  mac text COLLATE "C" NOT NULL
);

--bun:split

CREATE TABLE journal_tallies (
  actor text COLLATE "C" NOT NULL,
  action text COLLATE "C" NOT NULL,
  refused text COLLATE "C" NOT NULL,
  kind text COLLATE "C" NOT NULL,
  since timestamptz NOT NULL,
  until timestamptz NOT NULL,
  entries bigint NOT NULL CHECK (entries >= 0),
  more bigint NOT NULL CHECK (more >= 0),
  PRIMARY KEY (actor, action, refused, kind)
);

--bun:split

CREATE INDEX journal_tallies_until ON journal_tallies (until);

--bun:split

DROP TRIGGER journal_keeps_entries ON journal;

--bun:split

CREATE TRIGGER journal_keeps_entries BEFORE UPDATE OR TRUNCATE ON journal FOR EACH STATEMENT EXECUTE FUNCTION refuse_journal_change();

--bun:split

CREATE FUNCTION refuse_journal_loss() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF OLD.id > coalesce((SELECT max(entry) FROM journal_seal), 0) THEN RAISE EXCEPTION 'the journal is append-only'; END IF; RETURN OLD; END $$;

--bun:split

CREATE TRIGGER journal_loses_nothing BEFORE DELETE ON journal FOR EACH ROW EXECUTE FUNCTION refuse_journal_loss();

--bun:split

-- What was put before letters were sealed holds links in clear.
DELETE FROM mails WHERE state <> 'sent';

--bun:split

UPDATE mails SET details = '';

--bun:split

ALTER TABLE mails ADD COLUMN link text COLLATE "C" NOT NULL DEFAULT '';

--bun:split

ALTER TABLE mails ADD COLUMN link_until timestamptz;

--bun:split

CREATE INDEX mails_created ON mails (created_at);

--bun:split

CREATE INDEX mails_link ON mails (link);
