-- Which scheme is in force is no state but found by the day: see package lifecycle. So several can follow each other.
-- A table whose rules change is made anew; its bands move along, so that nothing refers to what is dropped.
CREATE TABLE next_schemes (
  id TEXT NOT NULL PRIMARY KEY,
  slug TEXT NOT NULL UNIQUE,
  about TEXT NOT NULL,
  document TEXT NOT NULL,
  hash TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('draft', 'submitted', 'approved', 'withdrawn')),
  active_from TEXT NOT NULL CHECK (active_from LIKE '____-__-__'),
  created_at TEXT NOT NULL,
  created_by TEXT NOT NULL,
  submitted_at TEXT,
  refused_at TEXT,
  refused_by TEXT,
  refusal TEXT,
  approval INTEGER,
  approved_at TEXT,
  approved_by TEXT,
  withdrawn_at TEXT,
  CHECK (state NOT IN ('submitted', 'approved') OR submitted_at IS NOT NULL),
  CHECK (state <> 'approved' OR approval IS NOT NULL),
  CHECK (approval IS NULL OR approval > 0 AND state IN ('approved', 'withdrawn')),
  CHECK ((approval IS NULL) = (approved_at IS NULL) AND (approval IS NULL) = (approved_by IS NULL)),
  CHECK (approved_by <> created_by OR approved_by NOT LIKE 'person:%'),
  CHECK ((refused_at IS NULL) = (refused_by IS NULL) AND (refused_at IS NULL) = (refusal IS NULL)),
  CHECK ((state = 'withdrawn') = (withdrawn_at IS NOT NULL))
) STRICT;

--bun:split

-- Nothing but the seeds has stored a scheme before, and at most one is active.
INSERT INTO next_schemes (id, slug, about, document, hash, state, active_from, created_at, created_by, submitted_at, approval, approved_at, approved_by)
SELECT id, slug, json_extract(document, '$.scheme'), document, hash,
  CASE state WHEN 'active' THEN 'approved' ELSE state END, coalesce(active_from, substr(created_at, 1, 10)), created_at, 'system:seed',
  CASE state WHEN 'active' THEN created_at END, CASE state WHEN 'active' THEN 1 END,
  CASE state WHEN 'active' THEN created_at END, CASE state WHEN 'active' THEN 'system:seed' END
FROM pay_schemes;

--bun:split

CREATE TABLE next_bands (
  scheme_id TEXT NOT NULL REFERENCES next_schemes (id),
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

INSERT INTO next_bands (scheme_id, profile_id, zone_id, currency, period, base_min, base_target, base_max, variable_target)
SELECT scheme_id, profile_id, zone_id, currency, period, base_min, base_target, base_max, variable_target FROM pay_bands;

--bun:split

DROP TABLE pay_bands;

--bun:split

DROP TABLE pay_schemes;

--bun:split

ALTER TABLE next_schemes RENAME TO pay_schemes;

--bun:split

ALTER TABLE next_bands RENAME TO pay_bands;

--bun:split

CREATE UNIQUE INDEX pay_schemes_approval ON pay_schemes (approval) WHERE approval IS NOT NULL;

--bun:split

CREATE INDEX pay_schemes_approved ON pay_schemes (active_from, approval) WHERE state = 'approved';

--bun:split

-- One row counts approvals: it numbers them, and makes them come one after the other.
CREATE TABLE pay_approvals (
  id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
  latest INTEGER NOT NULL CHECK (latest >= 0)
) STRICT;

--bun:split

INSERT INTO pay_approvals (id, latest) SELECT 1, approval FROM pay_schemes WHERE approval IS NOT NULL;
