CREATE TABLE IF NOT EXISTS scales (
  id TEXT NOT NULL PRIMARY KEY,
  slug TEXT NOT NULL,
  number INTEGER NOT NULL CHECK (number >= 1),
  document TEXT NOT NULL,
  hash TEXT NOT NULL,
  created_at TEXT NOT NULL,
  UNIQUE (slug, number)
) STRICT;

--bun:split

CREATE TABLE IF NOT EXISTS competencies (
  id TEXT NOT NULL PRIMARY KEY,
  slug TEXT NOT NULL UNIQUE,
  category TEXT NOT NULL CHECK (category IN ('technical', 'interpersonal', 'leadership', 'emerging')),
  sort_fr TEXT NOT NULL,
  sort_en TEXT NOT NULL,
  number INTEGER NOT NULL CHECK (number >= 1),
  retired_at TEXT,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) STRICT;

--bun:split

CREATE TABLE IF NOT EXISTS competency_versions (
  id TEXT NOT NULL PRIMARY KEY,
  competency_id TEXT NOT NULL REFERENCES competencies (id),
  number INTEGER NOT NULL CHECK (number >= 1),
  scale_id TEXT NOT NULL REFERENCES scales (id),
  schema_number INTEGER NOT NULL CHECK (schema_number >= 1),
  document TEXT NOT NULL,
  hash TEXT NOT NULL,
  published_by TEXT NOT NULL,
  published_at TEXT NOT NULL,
  UNIQUE (competency_id, number)
) STRICT;

--bun:split

CREATE TABLE IF NOT EXISTS certifications (
  id TEXT NOT NULL PRIMARY KEY,
  slug TEXT NOT NULL UNIQUE,
  document TEXT NOT NULL,
  hash TEXT NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) STRICT;

--bun:split

CREATE TABLE IF NOT EXISTS families (
  id TEXT NOT NULL PRIMARY KEY,
  slug TEXT NOT NULL UNIQUE,
  document TEXT NOT NULL,
  hash TEXT NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) STRICT;

--bun:split

CREATE TABLE IF NOT EXISTS kpis (
  id TEXT NOT NULL PRIMARY KEY,
  slug TEXT NOT NULL UNIQUE,
  document TEXT NOT NULL,
  hash TEXT NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) STRICT;

--bun:split

CREATE TABLE IF NOT EXISTS profiles (
  id TEXT NOT NULL PRIMARY KEY,
  slug TEXT NOT NULL UNIQUE,
  family_id TEXT NOT NULL REFERENCES families (id),
  track TEXT NOT NULL,
  stage TEXT NOT NULL CHECK (stage IN ('entry', 'mid', 'senior', 'executive')),
  place INTEGER NOT NULL CHECK (place >= 1000),
  placement TEXT NOT NULL,
  sort_fr TEXT NOT NULL,
  sort_en TEXT NOT NULL,
  archived_at TEXT,
  version INTEGER NOT NULL CHECK (version >= 1),
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) STRICT;

--bun:split

CREATE TABLE IF NOT EXISTS profile_versions (
  id TEXT NOT NULL PRIMARY KEY,
  profile_id TEXT NOT NULL REFERENCES profiles (id),
  number INTEGER NOT NULL CHECK (number >= 1),
  state TEXT NOT NULL CHECK (state IN ('draft', 'in_review', 'approved', 'published', 'superseded')),
  schema_number INTEGER NOT NULL CHECK (schema_number >= 1),
  title_fr TEXT NOT NULL,
  title_en TEXT NOT NULL,
  document TEXT NOT NULL,
  hash TEXT NOT NULL,
  created_by TEXT NOT NULL,
  created_at TEXT NOT NULL,
  published_at TEXT,
  superseded_at TEXT,
  UNIQUE (profile_id, number),
  CHECK ((state IN ('published', 'superseded')) = (published_at IS NOT NULL)),
  CHECK ((state = 'superseded') = (superseded_at IS NOT NULL))
) STRICT;

--bun:split

CREATE TABLE IF NOT EXISTS profile_requirements (
  version_id TEXT NOT NULL REFERENCES profile_versions (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  competency_id TEXT NOT NULL REFERENCES competencies (id),
  competency_number INTEGER NOT NULL CHECK (competency_number >= 1),
  required_rank INTEGER NOT NULL CHECK (required_rank >= 1),
  importance TEXT NOT NULL CHECK (importance IN ('essential', 'expected', 'preferred')),
  PRIMARY KEY (version_id, competency_id)
) STRICT;

--bun:split

CREATE TABLE IF NOT EXISTS profile_variants (
  version_id TEXT NOT NULL REFERENCES profile_versions (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  slug TEXT NOT NULL,
  name_fr TEXT NOT NULL,
  name_en TEXT NOT NULL,
  PRIMARY KEY (version_id, slug)
) STRICT;

--bun:split

CREATE TABLE IF NOT EXISTS profile_terms (
  lang TEXT NOT NULL CHECK (lang IN ('fr', 'en')),
  term TEXT NOT NULL,
  profile_id TEXT NOT NULL REFERENCES profiles (id) ON DELETE CASCADE,
  weight INTEGER NOT NULL CHECK (weight >= 1),
  PRIMARY KEY (lang, term, profile_id)
) STRICT;

--bun:split

CREATE TABLE IF NOT EXISTS ladders (
  id TEXT NOT NULL PRIMARY KEY,
  slug TEXT NOT NULL UNIQUE,
  family_id TEXT NOT NULL REFERENCES families (id),
  number INTEGER NOT NULL CHECK (number >= 1),
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) STRICT;

--bun:split

CREATE TABLE IF NOT EXISTS ladder_versions (
  id TEXT NOT NULL PRIMARY KEY,
  ladder_id TEXT NOT NULL REFERENCES ladders (id),
  number INTEGER NOT NULL CHECK (number >= 1),
  schema_number INTEGER NOT NULL CHECK (schema_number >= 1),
  document TEXT NOT NULL,
  hash TEXT NOT NULL,
  published_by TEXT NOT NULL,
  published_at TEXT NOT NULL,
  UNIQUE (ladder_id, number)
) STRICT;

--bun:split

CREATE TABLE IF NOT EXISTS moves (
  ladder_version_id TEXT NOT NULL REFERENCES ladder_versions (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  from_profile_id TEXT NOT NULL REFERENCES profiles (id),
  to_profile_id TEXT NOT NULL REFERENCES profiles (id),
  kind TEXT NOT NULL CHECK (kind IN ('up', 'lateral', 'diagonal')),
  typical_months INTEGER NOT NULL CHECK (typical_months >= 1),
  PRIMARY KEY (ladder_version_id, from_profile_id, to_profile_id),
  CHECK (from_profile_id <> to_profile_id)
) STRICT;

--bun:split

CREATE TABLE IF NOT EXISTS zones (
  id TEXT NOT NULL PRIMARY KEY,
  slug TEXT NOT NULL UNIQUE,
  document TEXT NOT NULL,
  hash TEXT NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) STRICT;

--bun:split

CREATE TABLE IF NOT EXISTS pay_schemes (
  id TEXT NOT NULL PRIMARY KEY,
  slug TEXT NOT NULL UNIQUE,
  document TEXT NOT NULL,
  hash TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('draft', 'active')),
  active_from TEXT,
  created_at TEXT NOT NULL,
  CHECK ((state = 'active') = (active_from IS NOT NULL))
) STRICT;

--bun:split

CREATE TABLE IF NOT EXISTS pay_bands (
  scheme_id TEXT NOT NULL REFERENCES pay_schemes (id),
  profile_id TEXT NOT NULL REFERENCES profiles (id),
  zone_id TEXT NOT NULL REFERENCES zones (id),
  currency TEXT NOT NULL CHECK (length(currency) = 3),
  period TEXT NOT NULL CHECK (period IN ('HOUR', 'DAY', 'WEEK', 'MONTH', 'YEAR')),
  base_min INTEGER NOT NULL CHECK (base_min > 0),
  base_target INTEGER NOT NULL,
  base_max INTEGER NOT NULL,
  variable_target INTEGER NOT NULL CHECK (variable_target >= 0),
  PRIMARY KEY (scheme_id, profile_id, zone_id),
  CHECK (base_min <= base_target AND base_target <= base_max)
) STRICT;

--bun:split

CREATE TABLE IF NOT EXISTS accounts (
  id TEXT NOT NULL PRIMARY KEY,
  email TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  persona TEXT NOT NULL,
  about TEXT NOT NULL,
  disabled_at TEXT,
  created_at TEXT NOT NULL
) STRICT;

--bun:split

CREATE TABLE IF NOT EXISTS account_roles (
  account_id TEXT NOT NULL REFERENCES accounts (id),
  role TEXT NOT NULL CHECK (role IN ('recruiter', 'hr', 'compensation', 'administrator')),
  PRIMARY KEY (account_id, role)
) STRICT;

--bun:split

CREATE TABLE IF NOT EXISTS sessions (
  token_hash TEXT NOT NULL PRIMARY KEY,
  account_id TEXT NOT NULL REFERENCES accounts (id),
  created_at TEXT NOT NULL,
  seen_at TEXT NOT NULL,
  expires_at TEXT NOT NULL
) STRICT;

--bun:split

CREATE TABLE IF NOT EXISTS seed_records (
  kind TEXT NOT NULL,
  slug TEXT NOT NULL,
  seed_hash TEXT NOT NULL,
  record_hash TEXT NOT NULL,
  loaded_at TEXT NOT NULL,
  PRIMARY KEY (kind, slug)
) STRICT;

--bun:split

CREATE UNIQUE INDEX IF NOT EXISTS profile_versions_one_published ON profile_versions (profile_id) WHERE state = 'published';

--bun:split

CREATE UNIQUE INDEX IF NOT EXISTS profile_versions_one_open ON profile_versions (profile_id) WHERE state IN ('draft', 'in_review', 'approved');

--bun:split

CREATE INDEX IF NOT EXISTS profiles_family ON profiles (family_id, place);

--bun:split

CREATE INDEX IF NOT EXISTS profiles_order_fr ON profiles (place, sort_fr, id);

--bun:split

CREATE INDEX IF NOT EXISTS profiles_order_en ON profiles (place, sort_en, id);

--bun:split

CREATE INDEX IF NOT EXISTS profile_requirements_competency ON profile_requirements (competency_id);

--bun:split

CREATE INDEX IF NOT EXISTS profile_variants_slug ON profile_variants (slug);

--bun:split

CREATE INDEX IF NOT EXISTS profile_terms_profile ON profile_terms (profile_id);

--bun:split

CREATE INDEX IF NOT EXISTS sessions_account ON sessions (account_id);

--bun:split

CREATE UNIQUE INDEX IF NOT EXISTS pay_schemes_one_active ON pay_schemes (state) WHERE state = 'active';
