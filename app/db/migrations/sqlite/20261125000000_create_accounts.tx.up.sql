CREATE TABLE people (
  id TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  sort TEXT NOT NULL,
  email TEXT NOT NULL UNIQUE,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) STRICT;

--bun:split

INSERT INTO people (id, name, sort, email, created_at, updated_at)
SELECT id, name, lower(name), email, created_at, created_at FROM accounts;

--bun:split

CREATE TABLE assignments (
  id TEXT NOT NULL PRIMARY KEY,
  person_id TEXT NOT NULL REFERENCES people (id),
  manager_id TEXT REFERENCES people (id),
  profile TEXT NOT NULL,
  starts_on TEXT NOT NULL,
  ends_on TEXT,
  created_at TEXT NOT NULL,
  CHECK (manager_id <> person_id),
  CHECK (ends_on > starts_on)
) STRICT;

--bun:split

CREATE TABLE new_accounts (
  person_id TEXT NOT NULL PRIMARY KEY REFERENCES people (id),
  persona TEXT NOT NULL,
  about TEXT NOT NULL,
  lang TEXT NOT NULL CHECK (lang IN ('fr', 'en')),
  tell_sign_ins INTEGER NOT NULL CHECK (tell_sign_ins IN (0, 1)),
  whole_company INTEGER NOT NULL CHECK (whole_company IN (0, 1)),
  disabled_at TEXT,
  created_at TEXT NOT NULL
) STRICT;

--bun:split

INSERT INTO new_accounts (person_id, persona, about, lang, tell_sign_ins, whole_company, disabled_at, created_at)
SELECT id, persona, about, 'fr', 0, 0, disabled_at, created_at FROM accounts;

--bun:split

CREATE TABLE new_account_roles (
  person_id TEXT NOT NULL REFERENCES new_accounts (person_id),
  role TEXT NOT NULL CHECK (role IN ('recruiter', 'hr', 'compensation', 'administrator')),
  PRIMARY KEY (person_id, role)
) STRICT;

--bun:split

INSERT INTO new_account_roles (person_id, role) SELECT account_id, role FROM account_roles;

--bun:split

DROP TABLE sessions;

--bun:split

DROP TABLE account_roles;

--bun:split

DROP TABLE accounts;

--bun:split

ALTER TABLE new_accounts RENAME TO accounts;

--bun:split

ALTER TABLE new_account_roles RENAME TO account_roles;

--bun:split

CREATE TABLE perimeters (
  person_id TEXT NOT NULL REFERENCES accounts (person_id),
  head_id TEXT NOT NULL REFERENCES people (id),
  PRIMARY KEY (person_id, head_id)
) STRICT;

--bun:split

CREATE TABLE delegations (
  id TEXT NOT NULL PRIMARY KEY,
  from_id TEXT NOT NULL REFERENCES accounts (person_id),
  to_id TEXT NOT NULL REFERENCES accounts (person_id),
  duty TEXT NOT NULL CHECK (duty IN ('line', 'recruiter', 'hr', 'compensation')),
  starts_on TEXT NOT NULL,
  ends_on TEXT NOT NULL,
  created_at TEXT NOT NULL,
  revoked_at TEXT,
  CHECK (from_id <> to_id),
  CHECK (ends_on > starts_on)
) STRICT;

--bun:split

CREATE TABLE passwords (
  person_id TEXT NOT NULL PRIMARY KEY REFERENCES accounts (person_id),
  phc TEXT NOT NULL,
  changed_at TEXT NOT NULL
) STRICT;

--bun:split

CREATE TABLE code_devices (
  person_id TEXT NOT NULL PRIMARY KEY REFERENCES accounts (person_id),
  secret TEXT NOT NULL,
  last_step INTEGER NOT NULL CHECK (last_step >= 0),
  created_at TEXT NOT NULL,
  confirmed_at TEXT
) STRICT;

--bun:split

CREATE TABLE recovery_codes (
  person_id TEXT NOT NULL REFERENCES accounts (person_id),
  code_hash TEXT NOT NULL,
  created_at TEXT NOT NULL,
  used_at TEXT,
  PRIMARY KEY (person_id, code_hash)
) STRICT;

--bun:split

CREATE TABLE sessions (
  token_hash TEXT NOT NULL PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  person_id TEXT NOT NULL REFERENCES accounts (person_id),
  stage TEXT NOT NULL CHECK (stage IN ('code', 'full')),
  proof TEXT NOT NULL CHECK (proof IN ('persona', 'password', 'provider', 'link')),
  coded INTEGER NOT NULL CHECK (coded IN (0, 1)),
  agent TEXT NOT NULL,
  created_at TEXT NOT NULL,
  seen_at TEXT NOT NULL,
  proved_at TEXT NOT NULL,
  expires_at TEXT NOT NULL
) STRICT;

--bun:split

CREATE TABLE links (
  token_hash TEXT NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('setup', 'invitation', 'reset')),
  person_id TEXT REFERENCES accounts (person_id),
  created_at TEXT NOT NULL,
  expires_at TEXT NOT NULL,
  used_at TEXT,
  CHECK ((kind = 'setup') = (person_id IS NULL))
) STRICT;

--bun:split

CREATE TABLE identities (
  issuer TEXT NOT NULL,
  subject TEXT NOT NULL,
  person_id TEXT NOT NULL REFERENCES accounts (person_id),
  linked_at TEXT NOT NULL,
  PRIMARY KEY (issuer, subject)
) STRICT;

--bun:split

CREATE TABLE api_tokens (
  id TEXT NOT NULL PRIMARY KEY,
  person_id TEXT NOT NULL REFERENCES accounts (person_id),
  name TEXT NOT NULL,
  prefix TEXT NOT NULL,
  token_hash TEXT NOT NULL UNIQUE,
  scopes TEXT NOT NULL,
  created_at TEXT NOT NULL,
  expires_at TEXT NOT NULL,
  last_used_at TEXT,
  revoked_at TEXT
) STRICT;

--bun:split

CREATE TABLE throttles (
  id TEXT NOT NULL PRIMARY KEY,
  failures INTEGER NOT NULL CHECK (failures >= 0),
  last_at TEXT NOT NULL,
  blocked_until TEXT NOT NULL
) STRICT;

--bun:split

CREATE TABLE journal (
  id INTEGER NOT NULL PRIMARY KEY CHECK (id >= 1),
  at TEXT NOT NULL,
  actor TEXT NOT NULL,
  behalf TEXT NOT NULL,
  action TEXT NOT NULL,
  object TEXT NOT NULL,
  outcome TEXT NOT NULL CHECK (outcome IN ('done', 'refused', 'failed')),
  address TEXT NOT NULL,
  details TEXT NOT NULL,
  previous TEXT NOT NULL,
  hash TEXT NOT NULL
) STRICT;

--bun:split

CREATE TABLE journal_head (
  id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
  entry INTEGER NOT NULL CHECK (entry >= 0),
  hash TEXT NOT NULL
) STRICT;

--bun:split

INSERT INTO journal_head (id, entry, hash) VALUES (1, 0, '');

--bun:split

CREATE TABLE journal_keys (
  month TEXT NOT NULL PRIMARY KEY,
  secret TEXT NOT NULL
) STRICT;

--bun:split

CREATE TABLE mails (
  id TEXT NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL,
  recipient TEXT NOT NULL,
  lang TEXT NOT NULL CHECK (lang IN ('fr', 'en')),
  details TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('queued', 'sent', 'failed')),
  attempts INTEGER NOT NULL CHECK (attempts >= 0),
  next_at TEXT NOT NULL,
  claimed_until TEXT,
  last_error TEXT NOT NULL,
  created_at TEXT NOT NULL,
  sent_at TEXT,
  CHECK ((state = 'sent') = (sent_at IS NOT NULL))
) STRICT;

--bun:split

CREATE TABLE settings (
  id TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL,
  updated_at TEXT NOT NULL
) STRICT;

--bun:split

CREATE INDEX assignments_person ON assignments (person_id, starts_on);

--bun:split

CREATE INDEX assignments_manager ON assignments (manager_id);

--bun:split

CREATE INDEX people_sort ON people (sort, id);

--bun:split

CREATE INDEX delegations_to ON delegations (to_id);

--bun:split

CREATE INDEX sessions_person ON sessions (person_id);

--bun:split

CREATE INDEX api_tokens_person ON api_tokens (person_id);

--bun:split

CREATE INDEX journal_actor ON journal (actor, id);

--bun:split

CREATE INDEX journal_object ON journal (object, id);

--bun:split

CREATE INDEX mails_due ON mails (state, next_at);

--bun:split

CREATE TRIGGER journal_keeps_entries BEFORE UPDATE ON journal BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;

--bun:split

CREATE TRIGGER journal_loses_nothing BEFORE DELETE ON journal BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;

--bun:split

CREATE TRIGGER journal_replaces_nothing BEFORE INSERT ON journal WHEN EXISTS (SELECT 1 FROM journal WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
