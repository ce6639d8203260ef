-- SPDX-License-Identifier: MIT
-- AiiDA 1.x and 2.x in SQLite: the db.sqlite3 inside an archive (export_version main_0001) and, column for column,
-- the database.sqlite of a core.sqlite_dos profile. uuid is text with its dashes, JSON is text, a time is text in UTC
-- without a zone. Tests build it, tools/make_demo.py fills it.

CREATE TABLE db_dbuser (
  id INTEGER NOT NULL,
  email VARCHAR(254),
  first_name VARCHAR(254),
  last_name VARCHAR(254),
  institution VARCHAR(254),
  PRIMARY KEY (id)
);
CREATE UNIQUE INDEX ix_db_dbuser_email ON db_dbuser (email);

CREATE TABLE db_dbcomputer (
  id INTEGER NOT NULL,
  uuid CHAR(36),
  label VARCHAR(255) NOT NULL,
  hostname VARCHAR(255),
  description TEXT,
  scheduler_type VARCHAR(255),
  transport_type VARCHAR(255),
  metadata JSON,
  PRIMARY KEY (id),
  UNIQUE (uuid),
  UNIQUE (label)
);

CREATE TABLE db_dbauthinfo (
  id INTEGER NOT NULL,
  aiidauser_id INTEGER,
  dbcomputer_id INTEGER,
  metadata JSON,
  auth_params JSON,
  enabled BOOLEAN,
  PRIMARY KEY (id),
  UNIQUE (aiidauser_id, dbcomputer_id),
  FOREIGN KEY (aiidauser_id) REFERENCES db_dbuser (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
  FOREIGN KEY (dbcomputer_id) REFERENCES db_dbcomputer (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
);

CREATE TABLE db_dbgroup (
  id INTEGER NOT NULL,
  uuid CHAR(36),
  label VARCHAR(255),
  type_string VARCHAR(255),
  time DATETIME,
  description TEXT,
  extras JSON NOT NULL,
  user_id INTEGER,
  PRIMARY KEY (id),
  UNIQUE (label, type_string),
  UNIQUE (uuid),
  FOREIGN KEY (user_id) REFERENCES db_dbuser (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX ix_db_dbgroup_label ON db_dbgroup (label);
CREATE INDEX ix_db_dbgroup_type_string ON db_dbgroup (type_string);

CREATE TABLE db_dbnode (
  id INTEGER NOT NULL,
  uuid CHAR(36),
  node_type VARCHAR(255),
  process_type VARCHAR(255),
  label VARCHAR(255),
  description TEXT,
  ctime DATETIME,
  mtime DATETIME,
  attributes JSON,
  extras JSON,
  repository_metadata JSON DEFAULT '{}' NOT NULL,
  dbcomputer_id INTEGER,
  user_id INTEGER NOT NULL,
  PRIMARY KEY (id),
  UNIQUE (uuid),
  FOREIGN KEY (dbcomputer_id) REFERENCES db_dbcomputer (id) ON DELETE RESTRICT DEFERRABLE INITIALLY DEFERRED,
  FOREIGN KEY (user_id) REFERENCES db_dbuser (id) ON DELETE RESTRICT DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX ix_db_dbnode_label ON db_dbnode (label);
CREATE INDEX ix_db_dbnode_node_type ON db_dbnode (node_type);
CREATE INDEX ix_db_dbnode_process_type ON db_dbnode (process_type);

CREATE TABLE db_dbgroup_dbnodes (
  id INTEGER NOT NULL,
  dbnode_id INTEGER,
  dbgroup_id INTEGER,
  PRIMARY KEY (id),
  CONSTRAINT db_dbgroup_dbnodes_dbgroup_id_dbnode_id_key UNIQUE (dbgroup_id, dbnode_id),
  FOREIGN KEY (dbnode_id) REFERENCES db_dbnode (id) DEFERRABLE INITIALLY DEFERRED,
  FOREIGN KEY (dbgroup_id) REFERENCES db_dbgroup (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX db_dbgroup_dbnodes_dbgroup_id_idx ON db_dbgroup_dbnodes (dbgroup_id);
CREATE INDEX db_dbgroup_dbnodes_dbnode_id_idx ON db_dbgroup_dbnodes (dbnode_id);

CREATE TABLE db_dblink (
  id INTEGER NOT NULL,
  input_id INTEGER,
  output_id INTEGER,
  label VARCHAR(255) NOT NULL,
  type VARCHAR(255),
  PRIMARY KEY (id),
  FOREIGN KEY (input_id) REFERENCES db_dbnode (id) DEFERRABLE INITIALLY DEFERRED,
  FOREIGN KEY (output_id) REFERENCES db_dbnode (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX ix_db_dblink_input_id ON db_dblink (input_id);
CREATE INDEX ix_db_dblink_label ON db_dblink (label);
CREATE INDEX ix_db_dblink_output_id ON db_dblink (output_id);
CREATE INDEX ix_db_dblink_type ON db_dblink (type);

CREATE TABLE db_dbcomment (
  id INTEGER NOT NULL,
  uuid CHAR(36),
  dbnode_id INTEGER,
  ctime DATETIME,
  mtime DATETIME,
  user_id INTEGER,
  content TEXT,
  PRIMARY KEY (id),
  UNIQUE (uuid),
  FOREIGN KEY (dbnode_id) REFERENCES db_dbnode (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
  FOREIGN KEY (user_id) REFERENCES db_dbuser (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
);

CREATE TABLE db_dblog (
  id INTEGER NOT NULL,
  uuid CHAR(36),
  time DATETIME,
  loggername VARCHAR(255),
  levelname VARCHAR(255),
  dbnode_id INTEGER NOT NULL,
  message TEXT,
  metadata JSON,
  PRIMARY KEY (id),
  UNIQUE (uuid),
  FOREIGN KEY (dbnode_id) REFERENCES db_dbnode (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX ix_db_dblog_levelname ON db_dblog (levelname);
CREATE INDEX ix_db_dblog_loggername ON db_dblog (loggername);
