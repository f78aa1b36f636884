SET LOCAL lock_timeout = '5s';

--bun:split

CREATE TABLE people (
  id text COLLATE "C" PRIMARY KEY,
  name text COLLATE "C" NOT NULL,
  sort text COLLATE "C" NOT NULL,
  email text COLLATE "C" NOT NULL UNIQUE,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL
);

--bun:split

INSERT INTO people (id, name, sort, email, created_at, updated_at)
SELECT id, name, lower(name), email, created_at, created_at FROM accounts;

--bun:split

CREATE TABLE assignments (
  id text COLLATE "C" PRIMARY KEY,
  person_id text COLLATE "C" NOT NULL REFERENCES people (id),
  manager_id text COLLATE "C" REFERENCES people (id),
  profile text COLLATE "C" NOT NULL,
  starts_on text COLLATE "C" NOT NULL,
  ends_on text COLLATE "C",
  created_at timestamptz NOT NULL,
  CHECK (manager_id <> person_id),
  CHECK (ends_on > starts_on)
);

--bun:split

CREATE TABLE new_accounts (
  person_id text COLLATE "C" PRIMARY KEY REFERENCES people (id),
  persona text COLLATE "C" NOT NULL,
  about text COLLATE "C" NOT NULL,
  lang text COLLATE "C" NOT NULL CHECK (lang IN ('fr', 'en')),
  tell_sign_ins bigint NOT NULL CHECK (tell_sign_ins IN (0, 1)),
  whole_company bigint NOT NULL CHECK (whole_company IN (0, 1)),
  disabled_at timestamptz,
  created_at timestamptz NOT NULL
);

--bun:split

INSERT INTO new_accounts (person_id, persona, about, lang, tell_sign_ins, whole_company, disabled_at, created_at)
SELECT id, persona, about, 'fr', 0, 0, disabled_at, created_at FROM accounts;

--bun:split

CREATE TABLE new_account_roles (
  person_id text COLLATE "C" NOT NULL REFERENCES new_accounts (person_id),
  role text COLLATE "C" NOT NULL CHECK (role IN ('recruiter', 'hr', 'compensation', 'administrator')),
  PRIMARY KEY (person_id, role)
);

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
  person_id text COLLATE "C" NOT NULL REFERENCES accounts (person_id),
  head_id text COLLATE "C" NOT NULL REFERENCES people (id),
  PRIMARY KEY (person_id, head_id)
);

--bun:split

CREATE TABLE delegations (
  id text COLLATE "C" PRIMARY KEY,
  from_id text COLLATE "C" NOT NULL REFERENCES accounts (person_id),
  to_id text COLLATE "C" NOT NULL REFERENCES accounts (person_id),
  duty text COLLATE "C" NOT NULL CHECK (duty IN ('line', 'recruiter', 'hr', 'compensation')),
  starts_on text COLLATE "C" NOT NULL,
  ends_on text COLLATE "C" NOT NULL,
  created_at timestamptz NOT NULL,
  revoked_at timestamptz,
  CHECK (from_id <> to_id),
  CHECK (ends_on > starts_on)
);

--bun:split

CREATE TABLE passwords (
  person_id text COLLATE "C" PRIMARY KEY REFERENCES accounts (person_id),
  phc text COLLATE "C" NOT NULL,
  changed_at timestamptz NOT NULL
);

--bun:split

CREATE TABLE code_devices (
  person_id text COLLATE "C" PRIMARY KEY REFERENCES accounts (person_id),
  secret text COLLATE "C" NOT NULL,
  last_step bigint NOT NULL CHECK (last_step >= 0),
  created_at timestamptz NOT NULL,
  confirmed_at timestamptz
);

--bun:split

CREATE TABLE recovery_codes (
  person_id text COLLATE "C" NOT NULL REFERENCES accounts (person_id),
  code_hash text COLLATE "C" NOT NULL,
  created_at timestamptz NOT NULL,
  used_at timestamptz,
  PRIMARY KEY (person_id, code_hash)
);

--bun:split

CREATE TABLE sessions (
  token_hash text COLLATE "C" PRIMARY KEY,
  id text COLLATE "C" NOT NULL UNIQUE,
  person_id text COLLATE "C" NOT NULL REFERENCES accounts (person_id),
  stage text COLLATE "C" NOT NULL CHECK (stage IN ('code', 'full')),
  proof text COLLATE "C" NOT NULL CHECK (proof IN ('persona', 'password', 'provider', 'link')),
  coded bigint NOT NULL CHECK (coded IN (0, 1)),
  agent text COLLATE "C" NOT NULL,
  created_at timestamptz NOT NULL,
  seen_at timestamptz NOT NULL,
  proved_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL
);

--bun:split

CREATE TABLE links (
  token_hash text COLLATE "C" PRIMARY KEY,
  kind text COLLATE "C" NOT NULL CHECK (kind IN ('setup', 'invitation', 'reset')),
  person_id text COLLATE "C" REFERENCES accounts (person_id),
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  used_at timestamptz,
  CHECK ((kind = 'setup') = (person_id IS NULL))
);

--bun:split

CREATE TABLE identities (
  issuer text COLLATE "C" NOT NULL,
  subject text COLLATE "C" NOT NULL,
  person_id text COLLATE "C" NOT NULL REFERENCES accounts (person_id),
  linked_at timestamptz NOT NULL,
  PRIMARY KEY (issuer, subject)
);

--bun:split

CREATE TABLE api_tokens (
  id text COLLATE "C" PRIMARY KEY,
  person_id text COLLATE "C" NOT NULL REFERENCES accounts (person_id),
  name text COLLATE "C" NOT NULL,
  prefix text COLLATE "C" NOT NULL,
  token_hash text COLLATE "C" NOT NULL UNIQUE,
  scopes text COLLATE "C" NOT NULL,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  last_used_at timestamptz,
  revoked_at timestamptz
);

--bun:split

CREATE TABLE throttles (
  id text COLLATE "C" PRIMARY KEY,
  failures bigint NOT NULL CHECK (failures >= 0),
  last_at timestamptz NOT NULL,
  blocked_until timestamptz NOT NULL
);

--bun:split

CREATE TABLE journal (
  id bigint PRIMARY KEY CHECK (id >= 1),
  at timestamptz NOT NULL,
  actor text COLLATE "C" NOT NULL,
  behalf text COLLATE "C" NOT NULL,
  action text COLLATE "C" NOT NULL,
  object text COLLATE "C" NOT NULL,
  outcome text COLLATE "C" NOT NULL CHECK (outcome IN ('done', 'refused', 'failed')),
  address text COLLATE "C" NOT NULL,
  details text COLLATE "C" NOT NULL,
  previous text COLLATE "C" NOT NULL,
  hash text COLLATE "C" NOT NULL
);

--bun:split

CREATE TABLE journal_head (
  id bigint PRIMARY KEY CHECK (id = 1),
  entry bigint NOT NULL CHECK (entry >= 0),
  hash text COLLATE "C" NOT NULL
);

--bun:split

INSERT INTO journal_head (id, entry, hash) VALUES (1, 0, '');

--bun:split

CREATE TABLE journal_keys (
  month text COLLATE "C" PRIMARY KEY,
  secret text COLLATE "C" NOT NULL
);

--bun:split

CREATE TABLE mails (
  id text COLLATE "C" PRIMARY KEY,
  kind text COLLATE "C" NOT NULL,
  recipient text COLLATE "C" NOT NULL,
  lang text COLLATE "C" NOT NULL CHECK (lang IN ('fr', 'en')),
  details text COLLATE "C" NOT NULL,
  state text COLLATE "C" NOT NULL CHECK (state IN ('queued', 'sent', 'failed')),
  attempts bigint NOT NULL CHECK (attempts >= 0),
  next_at timestamptz NOT NULL,
  claimed_until timestamptz,
  last_error text COLLATE "C" NOT NULL,
  created_at timestamptz NOT NULL,
  sent_at timestamptz,
  CHECK ((state = 'sent') = (sent_at IS NOT NULL))
);

--bun:split

CREATE TABLE settings (
  id text COLLATE "C" PRIMARY KEY,
  value text COLLATE "C" NOT NULL,
  updated_at timestamptz NOT NULL
);

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

CREATE FUNCTION refuse_journal_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the journal is append-only'; END $$;

--bun:split

CREATE TRIGGER journal_keeps_entries BEFORE UPDATE OR DELETE OR TRUNCATE ON journal FOR EACH STATEMENT EXECUTE FUNCTION refuse_journal_change();
