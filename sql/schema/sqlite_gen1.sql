-- SPDX-License-Identifier: MIT
-- The tables of AiiDA 0.x (see postgresql_gen1.sql) in SQLite. AiiDA itself kept them on PostgreSQL only: this is the
-- form in which tests exercise the first generation without a server. uuid is text with its dashes, JSON is text, a
-- time is text in UTC without a zone.

CREATE TABLE db_dbsetting (
  id INTEGER NOT NULL PRIMARY KEY,
  key VARCHAR(255) NOT NULL CONSTRAINT db_dbsetting_key_key UNIQUE,
  val JSON,
  description VARCHAR(255) NOT NULL,
  time DATETIME
);

CREATE TABLE db_dbuser (
  id INTEGER NOT NULL PRIMARY KEY,
  email VARCHAR(254) CONSTRAINT uq_db_dbuser_email UNIQUE,
  password VARCHAR(128),
  is_superuser BOOLEAN NOT NULL DEFAULT false,
  first_name VARCHAR(254),
  last_name VARCHAR(254),
  institution VARCHAR(254),
  is_staff BOOLEAN DEFAULT false,
  is_active BOOLEAN DEFAULT false,
  last_login DATETIME,
  date_joined DATETIME
);

CREATE TABLE db_dbcomputer (
  id INTEGER NOT NULL PRIMARY KEY,
  uuid CHAR(36) CONSTRAINT uq_db_dbcomputer_uuid UNIQUE,
  name VARCHAR(255) NOT NULL CONSTRAINT db_dbcomputer_name_key UNIQUE,
  hostname VARCHAR(255),
  description TEXT,
  enabled BOOLEAN,
  transport_type VARCHAR(255),
  scheduler_type VARCHAR(255),
  transport_params JSON,
  metadata JSON
);

CREATE TABLE db_dbauthinfo (
  id INTEGER NOT NULL PRIMARY KEY,
  aiidauser_id INTEGER REFERENCES db_dbuser (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
  dbcomputer_id INTEGER REFERENCES db_dbcomputer (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
  metadata JSON,
  auth_params JSON,
  enabled BOOLEAN DEFAULT true,
  CONSTRAINT db_dbauthinfo_aiidauser_id_dbcomputer_id_key UNIQUE (aiidauser_id, dbcomputer_id)
);

CREATE TABLE db_dbgroup (
  id INTEGER NOT NULL PRIMARY KEY,
  uuid CHAR(36) CONSTRAINT uq_db_dbgroup_uuid UNIQUE,
  name VARCHAR(255),
  type VARCHAR(255),
  time DATETIME,
  description TEXT,
  user_id INTEGER REFERENCES db_dbuser (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT db_dbgroup_name_type_key UNIQUE (name, type)
);
CREATE INDEX ix_db_dbgroup_name ON db_dbgroup (name);
CREATE INDEX ix_db_dbgroup_type ON db_dbgroup (type);

CREATE TABLE db_dbnode (
  id INTEGER NOT NULL PRIMARY KEY,
  uuid CHAR(36) CONSTRAINT uq_db_dbnode_uuid UNIQUE,
  type VARCHAR(255),
  label VARCHAR(255),
  description TEXT,
  ctime DATETIME,
  mtime DATETIME,
  nodeversion INTEGER,
  public BOOLEAN,
  attributes JSON,
  extras JSON,
  dbcomputer_id INTEGER REFERENCES db_dbcomputer (id) ON DELETE RESTRICT DEFERRABLE INITIALLY DEFERRED,
  user_id INTEGER NOT NULL REFERENCES db_dbuser (id) ON DELETE RESTRICT DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX ix_db_dbnode_label ON db_dbnode (label);
CREATE INDEX ix_db_dbnode_type ON db_dbnode (type);
CREATE INDEX ix_db_dbnode_dbcomputer_id ON db_dbnode (dbcomputer_id);
CREATE INDEX ix_db_dbnode_user_id ON db_dbnode (user_id);

CREATE TABLE db_dbcalcstate (
  id INTEGER NOT NULL PRIMARY KEY,
  dbnode_id INTEGER REFERENCES db_dbnode (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
  state VARCHAR(255),
  time DATETIME,
  CONSTRAINT db_dbcalcstate_dbnode_id_state_key UNIQUE (dbnode_id, state)
);
CREATE INDEX ix_db_dbcalcstate_state ON db_dbcalcstate (state);

CREATE TABLE db_dbgroup_dbnodes (
  id INTEGER NOT NULL PRIMARY KEY,
  dbnode_id INTEGER REFERENCES db_dbnode (id) DEFERRABLE INITIALLY DEFERRED,
  dbgroup_id INTEGER REFERENCES db_dbgroup (id) DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT db_dbgroup_dbnodes_dbgroup_id_dbnode_id_key UNIQUE (dbgroup_id, dbnode_id)
);
CREATE INDEX ix_db_dbgroup_dbnodes_dbnode_id ON db_dbgroup_dbnodes (dbnode_id);

CREATE TABLE db_dblink (
  id INTEGER NOT NULL PRIMARY KEY,
  input_id INTEGER REFERENCES db_dbnode (id) DEFERRABLE INITIALLY DEFERRED,
  output_id INTEGER REFERENCES db_dbnode (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
  label VARCHAR(255) NOT NULL,
  type VARCHAR(255)
);
CREATE INDEX ix_db_dblink_input_id ON db_dblink (input_id);
CREATE INDEX ix_db_dblink_label ON db_dblink (label);
CREATE INDEX ix_db_dblink_output_id ON db_dblink (output_id);

CREATE TABLE db_dbcomment (
  id INTEGER NOT NULL PRIMARY KEY,
  uuid CHAR(36),
  dbnode_id INTEGER REFERENCES db_dbnode (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
  ctime DATETIME,
  mtime DATETIME,
  user_id INTEGER REFERENCES db_dbuser (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
  content TEXT
);

CREATE TABLE db_dblog (
  id INTEGER NOT NULL PRIMARY KEY,
  time DATETIME,
  loggername VARCHAR(255),
  levelname VARCHAR(255),
  objname VARCHAR(255),
  objpk INTEGER,
  message TEXT,
  metadata JSON
);
CREATE INDEX ix_db_dblog_levelname ON db_dblog (levelname);
CREATE INDEX ix_db_dblog_loggername ON db_dblog (loggername);
