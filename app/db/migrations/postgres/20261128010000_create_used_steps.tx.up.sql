SET LOCAL lock_timeout = '5s';

--bun:split

CREATE TABLE used_steps (
  person_id text COLLATE "C" NOT NULL REFERENCES accounts (person_id),
  step bigint NOT NULL CHECK (step >= 0),
  PRIMARY KEY (person_id, step)
);

--bun:split

INSERT INTO used_steps (person_id, step) SELECT person_id, last_step FROM code_devices;
