-- A file of schema version 1, as text. Released: never edited; a change of the schema is a new version.

CREATE TABLE meta (id INTEGER PRIMARY KEY CHECK (id = 1), generation INTEGER NOT NULL, clock INTEGER NOT NULL) STRICT;
INSERT INTO meta (id, generation, clock) VALUES (1, 1, 0);

CREATE TABLE grants (
  id TEXT NOT NULL PRIMARY KEY, parent TEXT, client TEXT NOT NULL, starts INTEGER NOT NULL, ends INTEGER,
  state TEXT NOT NULL, ended_at INTEGER, ended_by TEXT, rev INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
CREATE INDEX grants_parent ON grants (parent) WHERE parent IS NOT NULL;
CREATE INDEX grants_client ON grants (client);

CREATE TABLE codes (
  id TEXT NOT NULL PRIMARY KEY, grant_id TEXT NOT NULL, starts INTEGER NOT NULL, ends INTEGER NOT NULL,
  total INTEGER, used INTEGER NOT NULL, used_at INTEGER, state TEXT NOT NULL, next TEXT,
  generation INTEGER NOT NULL, rev INTEGER NOT NULL, body TEXT NOT NULL, grant_no INTEGER NOT NULL) STRICT;
CREATE INDEX codes_grant ON codes (grant_no);

CREATE TABLE holds (key TEXT NOT NULL PRIMARY KEY, until INTEGER NOT NULL, rev INTEGER NOT NULL) STRICT;
CREATE TABLE hits (budget TEXT NOT NULL, at INTEGER NOT NULL, until INTEGER NOT NULL) STRICT;
CREATE INDEX hits_budget ON hits (budget, at);
CREATE TABLE once (key TEXT NOT NULL PRIMARY KEY, until INTEGER NOT NULL) STRICT;

CREATE TABLE effects (
  id TEXT NOT NULL PRIMARY KEY, grant_id TEXT NOT NULL, at INTEGER NOT NULL, state TEXT NOT NULL,
  attempts INTEGER NOT NULL, next_at INTEGER NOT NULL, last_error TEXT, rev INTEGER NOT NULL,
  body TEXT NOT NULL) STRICT;
CREATE INDEX effects_grant ON effects (grant_id);
CREATE INDEX effects_open ON effects (next_at) WHERE state IN ('due', 'undoing');

CREATE TABLE verdicts (
  id TEXT NOT NULL PRIMARY KEY, at INTEGER NOT NULL, last_at INTEGER NOT NULL, subject TEXT, decisive TEXT, cause TEXT,
  grant_id TEXT, code_id TEXT, coalesce_key TEXT, times INTEGER NOT NULL, consequence TEXT, body TEXT NOT NULL,
  grant_no INTEGER) STRICT;
CREATE INDEX verdicts_at ON verdicts (at);
CREATE INDEX verdicts_grant ON verdicts (grant_no) WHERE grant_no IS NOT NULL;
CREATE INDEX verdicts_unkept ON verdicts (grant_id) WHERE grant_no IS NULL AND grant_id IS NOT NULL;
CREATE UNIQUE INDEX verdicts_coalesce ON verdicts (coalesce_key) WHERE coalesce_key IS NOT NULL;

CREATE TABLE records (
  kind TEXT NOT NULL, id TEXT NOT NULL, rev INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (kind, id)) STRICT;

UPDATE meta SET clock = 1700000000999;
INSERT INTO grants VALUES ('gr_one', NULL, 'my_app_123', 1700000000000, NULL, 'active', NULL, NULL, 1, '{"profile":"oauth","by":"alice","terms":{"scopes":["lamp"]},"policyEpoch":1}');
INSERT INTO codes VALUES ('cd_spent', 'gr_one', 1700000000000, 1700000300000, 1, 1, 1700000000500, 'live', 'cd_token', 1, 2, '{"purpose":"authorization_code","handle":"opaque","bindings":[{"fact":"redirect_uri","match":"exact","expected":"com.myapp:/callback"}]}', 1);
INSERT INTO codes VALUES ('cd_token', 'gr_one', 1700000000500, 1700003600000, NULL, 0, NULL, 'live', NULL, 1, 1, '{"purpose":"access_token","handle":"opaque","bindings":[]}', 1);
INSERT INTO holds VALUES ('slot 1', 1700000060000, 1700000000400);
INSERT INTO hits VALUES ('code-failures cd_spent', 1700000000400, 1700000010400);
INSERT INTO once VALUES ('jkt jti', 1700000060000);
INSERT INTO effects VALUES ('ef_one', 'gr_one', 1700000000500, 'due', 0, 1700000000500, NULL, 1, '{"kind":"pairing","target":"lamp-1","data":{"pairing_id":"A1"}}');
INSERT INTO verdicts VALUES ('vd_one', 1700000000500, 1700000000500, 'my_app_123', NULL, NULL, 'gr_one', 'cd_spent', NULL, 1, NULL, '{"profile":"oauth","action":"token","ok":true,"policy":"sha256:abc","snapshot":{"a":1}}', 1);
INSERT INTO verdicts VALUES ('vd_two', 1700000000600, 1700000000900, NULL, 'oauth.code-known', 'unknown', NULL, NULL, '10.0.0.9 unknown 28333333', 3, '{"hits":2}', '{"profile":"oauth","action":"token","ok":false,"refusal":"invalid_grant","source":"10.0.0.9","policy":"sha256:abc","snapshot":{}}', NULL);
INSERT INTO records VALUES ('app', 'my_app_123', 4, '{"name":"My App"}');
PRAGMA application_id = 0x4346494c;
PRAGMA user_version = 1;
