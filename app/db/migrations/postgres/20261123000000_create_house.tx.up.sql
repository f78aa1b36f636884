SET LOCAL lock_timeout = '5s';

--bun:split

CREATE TABLE IF NOT EXISTS scales (
  id text COLLATE "C" PRIMARY KEY,
  slug text COLLATE "C" NOT NULL,
  number bigint NOT NULL CHECK (number >= 1),
  document text NOT NULL,
  hash text NOT NULL,
  created_at timestamptz NOT NULL,
  UNIQUE (slug, number)
);

--bun:split

CREATE TABLE IF NOT EXISTS competencies (
  id text COLLATE "C" PRIMARY KEY,
  slug text COLLATE "C" NOT NULL UNIQUE,
  category text NOT NULL CHECK (category IN ('technical', 'interpersonal', 'leadership', 'emerging')),
  sort_fr text COLLATE "C" NOT NULL,
  sort_en text COLLATE "C" NOT NULL,
  number bigint NOT NULL CHECK (number >= 1),
  retired_at timestamptz,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL
);

--bun:split

CREATE TABLE IF NOT EXISTS competency_versions (
  id text COLLATE "C" PRIMARY KEY,
  competency_id text COLLATE "C" NOT NULL REFERENCES competencies (id),
  number bigint NOT NULL CHECK (number >= 1),
  scale_id text COLLATE "C" NOT NULL REFERENCES scales (id),
  schema_number bigint NOT NULL CHECK (schema_number >= 1),
  document text NOT NULL,
  hash text NOT NULL,
  published_by text NOT NULL,
  published_at timestamptz NOT NULL,
  UNIQUE (competency_id, number)
);

--bun:split

CREATE TABLE IF NOT EXISTS certifications (
  id text COLLATE "C" PRIMARY KEY,
  slug text COLLATE "C" NOT NULL UNIQUE,
  document text NOT NULL,
  hash text NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL
);

--bun:split

CREATE TABLE IF NOT EXISTS families (
  id text COLLATE "C" PRIMARY KEY,
  slug text COLLATE "C" NOT NULL UNIQUE,
  document text NOT NULL,
  hash text NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL
);

--bun:split

CREATE TABLE IF NOT EXISTS kpis (
  id text COLLATE "C" PRIMARY KEY,
  slug text COLLATE "C" NOT NULL UNIQUE,
  document text NOT NULL,
  hash text NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL
);

--bun:split

CREATE TABLE IF NOT EXISTS profiles (
  id text COLLATE "C" PRIMARY KEY,
  slug text COLLATE "C" NOT NULL UNIQUE,
  family_id text COLLATE "C" NOT NULL REFERENCES families (id),
  track text COLLATE "C" NOT NULL,
  stage text NOT NULL CHECK (stage IN ('entry', 'mid', 'senior', 'executive')),
  place bigint NOT NULL CHECK (place >= 1000),
  placement text NOT NULL,
  sort_fr text COLLATE "C" NOT NULL,
  sort_en text COLLATE "C" NOT NULL,
  archived_at timestamptz,
  version bigint NOT NULL CHECK (version >= 1),
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL
);

--bun:split

CREATE TABLE IF NOT EXISTS profile_versions (
  id text COLLATE "C" PRIMARY KEY,
  profile_id text COLLATE "C" NOT NULL REFERENCES profiles (id),
  number bigint NOT NULL CHECK (number >= 1),
  state text NOT NULL CHECK (state IN ('draft', 'in_review', 'approved', 'published', 'superseded')),
  schema_number bigint NOT NULL CHECK (schema_number >= 1),
  title_fr text NOT NULL,
  title_en text NOT NULL,
  document text NOT NULL,
  hash text NOT NULL,
  created_by text NOT NULL,
  created_at timestamptz NOT NULL,
  published_at timestamptz,
  superseded_at timestamptz,
  UNIQUE (profile_id, number),
  CHECK ((state IN ('published', 'superseded')) = (published_at IS NOT NULL)),
  CHECK ((state = 'superseded') = (superseded_at IS NOT NULL))
);

--bun:split

CREATE TABLE IF NOT EXISTS profile_requirements (
  version_id text COLLATE "C" NOT NULL REFERENCES profile_versions (id) ON DELETE CASCADE,
  position bigint NOT NULL,
  competency_id text COLLATE "C" NOT NULL REFERENCES competencies (id),
  competency_number bigint NOT NULL CHECK (competency_number >= 1),
  required_rank bigint NOT NULL CHECK (required_rank >= 1),
  importance text NOT NULL CHECK (importance IN ('essential', 'expected', 'preferred')),
  PRIMARY KEY (version_id, competency_id)
);

--bun:split

CREATE TABLE IF NOT EXISTS profile_variants (
  version_id text COLLATE "C" NOT NULL REFERENCES profile_versions (id) ON DELETE CASCADE,
  position bigint NOT NULL,
  slug text COLLATE "C" NOT NULL,
  name_fr text NOT NULL,
  name_en text NOT NULL,
  PRIMARY KEY (version_id, slug)
);

--bun:split

CREATE TABLE IF NOT EXISTS profile_terms (
  lang text NOT NULL CHECK (lang IN ('fr', 'en')),
  term text COLLATE "C" NOT NULL,
  profile_id text COLLATE "C" NOT NULL REFERENCES profiles (id) ON DELETE CASCADE,
  weight bigint NOT NULL CHECK (weight >= 1),
  PRIMARY KEY (lang, term, profile_id)
);

--bun:split

CREATE TABLE IF NOT EXISTS ladders (
  id text COLLATE "C" PRIMARY KEY,
  slug text COLLATE "C" NOT NULL UNIQUE,
  family_id text COLLATE "C" NOT NULL REFERENCES families (id),
  number bigint NOT NULL CHECK (number >= 1),
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL
);

--bun:split

CREATE TABLE IF NOT EXISTS ladder_versions (
  id text COLLATE "C" PRIMARY KEY,
  ladder_id text COLLATE "C" NOT NULL REFERENCES ladders (id),
  number bigint NOT NULL CHECK (number >= 1),
  schema_number bigint NOT NULL CHECK (schema_number >= 1),
  document text NOT NULL,
  hash text NOT NULL,
  published_by text NOT NULL,
  published_at timestamptz NOT NULL,
  UNIQUE (ladder_id, number)
);

--bun:split

CREATE TABLE IF NOT EXISTS moves (
  ladder_version_id text COLLATE "C" NOT NULL REFERENCES ladder_versions (id) ON DELETE CASCADE,
  position bigint NOT NULL,
  from_profile_id text COLLATE "C" NOT NULL REFERENCES profiles (id),
  to_profile_id text COLLATE "C" NOT NULL REFERENCES profiles (id),
  kind text NOT NULL CHECK (kind IN ('up', 'lateral', 'diagonal')),
  typical_months bigint NOT NULL CHECK (typical_months >= 1),
  PRIMARY KEY (ladder_version_id, from_profile_id, to_profile_id),
  CHECK (from_profile_id <> to_profile_id)
);

--bun:split

CREATE TABLE IF NOT EXISTS zones (
  id text COLLATE "C" PRIMARY KEY,
  slug text COLLATE "C" NOT NULL UNIQUE,
  document text NOT NULL,
  hash text NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL
);

--bun:split

CREATE TABLE IF NOT EXISTS pay_schemes (
  id text COLLATE "C" PRIMARY KEY,
  slug text COLLATE "C" NOT NULL UNIQUE,
  document text NOT NULL,
  hash text NOT NULL,
  state text NOT NULL CHECK (state IN ('draft', 'active')),
  active_from text,
  created_at timestamptz NOT NULL,
  CHECK ((state = 'active') = (active_from IS NOT NULL))
);

--bun:split

CREATE TABLE IF NOT EXISTS pay_bands (
  scheme_id text COLLATE "C" NOT NULL REFERENCES pay_schemes (id),
  profile_id text COLLATE "C" NOT NULL REFERENCES profiles (id),
  zone_id text COLLATE "C" NOT NULL REFERENCES zones (id),
  currency text NOT NULL CHECK (length(currency) = 3),
  period text NOT NULL CHECK (period IN ('HOUR', 'DAY', 'WEEK', 'MONTH', 'YEAR')),
  base_min bigint NOT NULL CHECK (base_min > 0),
  base_target bigint NOT NULL,
  base_max bigint NOT NULL,
  variable_target bigint NOT NULL CHECK (variable_target >= 0),
  PRIMARY KEY (scheme_id, profile_id, zone_id),
  CHECK (base_min <= base_target AND base_target <= base_max)
);

--bun:split

CREATE TABLE IF NOT EXISTS accounts (
  id text COLLATE "C" PRIMARY KEY,
  email text COLLATE "C" NOT NULL UNIQUE,
  name text NOT NULL,
  persona text NOT NULL,
  about text NOT NULL,
  disabled_at timestamptz,
  created_at timestamptz NOT NULL
);

--bun:split

CREATE TABLE IF NOT EXISTS account_roles (
  account_id text COLLATE "C" NOT NULL REFERENCES accounts (id),
  role text NOT NULL CHECK (role IN ('recruiter', 'hr', 'compensation', 'administrator')),
  PRIMARY KEY (account_id, role)
);

--bun:split

CREATE TABLE IF NOT EXISTS sessions (
  token_hash text COLLATE "C" PRIMARY KEY,
  account_id text COLLATE "C" NOT NULL REFERENCES accounts (id),
  created_at timestamptz NOT NULL,
  seen_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL
);

--bun:split

CREATE TABLE IF NOT EXISTS seed_records (
  kind text COLLATE "C" NOT NULL,
  slug text COLLATE "C" NOT NULL,
  seed_hash text NOT NULL,
  record_hash text NOT NULL,
  loaded_at timestamptz NOT NULL,
  PRIMARY KEY (kind, slug)
);

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
