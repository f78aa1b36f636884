CREATE TABLE used_steps (
  person_id TEXT NOT NULL REFERENCES accounts (person_id),
  step INTEGER NOT NULL CHECK (step >= 0),
  PRIMARY KEY (person_id, step)
) STRICT;

--bun:split

INSERT INTO used_steps (person_id, step) SELECT person_id, last_step FROM code_devices;
