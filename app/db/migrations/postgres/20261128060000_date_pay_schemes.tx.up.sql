SET LOCAL lock_timeout = '5s';

--bun:split

-- Which scheme is in force is no state but found by the day: see package lifecycle. So several can follow each other.
DROP INDEX pay_schemes_one_active;

--bun:split

ALTER TABLE pay_schemes
  DROP CONSTRAINT pay_schemes_state_check,
  DROP CONSTRAINT pay_schemes_check,
  ALTER COLUMN active_from TYPE text COLLATE "C",
  ADD COLUMN about text,
  ADD COLUMN created_by text COLLATE "C",
  ADD COLUMN submitted_at timestamptz,
  ADD COLUMN refused_at timestamptz,
  ADD COLUMN refused_by text COLLATE "C",
  ADD COLUMN refusal text,
  ADD COLUMN approval bigint,
  ADD COLUMN approved_at timestamptz,
  ADD COLUMN approved_by text COLLATE "C",
  ADD COLUMN withdrawn_at timestamptz;

--bun:split

-- Nothing but the seeds has stored a scheme before, and at most one is active.
UPDATE pay_schemes SET
  about = (document::jsonb -> 'scheme')::text,
  created_by = 'system:seed',
  active_from = coalesce(active_from, to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD'));

--bun:split

UPDATE pay_schemes SET
  state = 'approved', submitted_at = created_at, approval = 1, approved_at = created_at, approved_by = created_by
WHERE state = 'active';

--bun:split

ALTER TABLE pay_schemes
  ALTER COLUMN about SET NOT NULL,
  ALTER COLUMN active_from SET NOT NULL,
  ALTER COLUMN created_by SET NOT NULL,
  ADD CHECK (state IN ('draft', 'submitted', 'approved', 'withdrawn')),
  ADD CHECK (active_from LIKE '____-__-__'),
  ADD CHECK (state NOT IN ('submitted', 'approved') OR submitted_at IS NOT NULL),
  ADD CHECK (state <> 'approved' OR approval IS NOT NULL),
  ADD CHECK (approval IS NULL OR approval > 0 AND state IN ('approved', 'withdrawn')),
  ADD CHECK ((approval IS NULL) = (approved_at IS NULL) AND (approval IS NULL) = (approved_by IS NULL)),
  ADD CHECK (approved_by <> created_by OR approved_by NOT LIKE 'person:%'),
  ADD CHECK ((refused_at IS NULL) = (refused_by IS NULL) AND (refused_at IS NULL) = (refusal IS NULL)),
  ADD CHECK ((state = 'withdrawn') = (withdrawn_at IS NOT NULL));

--bun:split

CREATE UNIQUE INDEX pay_schemes_approval ON pay_schemes (approval) WHERE approval IS NOT NULL;

--bun:split

CREATE INDEX pay_schemes_approved ON pay_schemes (active_from, approval) WHERE state = 'approved';

--bun:split

-- One row counts approvals: it numbers them, and makes them come one after the other.
CREATE TABLE pay_approvals (
  id bigint PRIMARY KEY CHECK (id = 1),
  latest bigint NOT NULL CHECK (latest >= 0)
);

--bun:split

INSERT INTO pay_approvals (id, latest) SELECT 1, approval FROM pay_schemes WHERE approval IS NOT NULL;
