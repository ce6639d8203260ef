-- SPDX-License-Identifier: MIT
-- AiiDA 0.x on PostgreSQL (its SQLAlchemy backend): the tables that tests build.
-- AiiDA 0.x declares uuid neither unique nor indexed. The constraints named uq_…_uuid are what AiiDA 1.0 adds, and what
-- an operator of an older database is advised to add: without them a look-up by the start of a uuid reads the table.
-- The session speaks UTC from here on, so that fixtures may write times without a zone.

SET TIME ZONE 'UTC';

CREATE TABLE db_dbsetting (
  id serial PRIMARY KEY,
  key varchar(255) NOT NULL CONSTRAINT db_dbsetting_key_key UNIQUE,
  val jsonb,
  description varchar(255) NOT NULL,
  time timestamptz
);

CREATE TABLE db_dbuser (
  id serial PRIMARY KEY,
  email varchar(254) CONSTRAINT uq_db_dbuser_email UNIQUE,
  password varchar(128),
  is_superuser boolean NOT NULL DEFAULT false,
  first_name varchar(254),
  last_name varchar(254),
  institution varchar(254),
  is_staff boolean DEFAULT false,
  is_active boolean DEFAULT false,
  last_login timestamptz,
  date_joined timestamptz
);

CREATE TABLE db_dbcomputer (
  id serial PRIMARY KEY,
  uuid uuid CONSTRAINT uq_db_dbcomputer_uuid UNIQUE,
  name varchar(255) NOT NULL CONSTRAINT db_dbcomputer_name_key UNIQUE,
  hostname varchar(255),
  description text,
  enabled boolean,
  transport_type varchar(255),
  scheduler_type varchar(255),
  transport_params jsonb,
  metadata jsonb
);

CREATE TABLE db_dbauthinfo (
  id serial PRIMARY KEY,
  aiidauser_id integer REFERENCES db_dbuser ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
  dbcomputer_id integer REFERENCES db_dbcomputer ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
  metadata jsonb,
  auth_params jsonb,
  enabled boolean DEFAULT true,
  CONSTRAINT db_dbauthinfo_aiidauser_id_dbcomputer_id_key UNIQUE (aiidauser_id, dbcomputer_id)
);

CREATE TABLE db_dbgroup (
  id serial PRIMARY KEY,
  uuid uuid CONSTRAINT uq_db_dbgroup_uuid UNIQUE,
  name varchar(255),
  type varchar(255),
  time timestamptz,
  description text,
  user_id integer REFERENCES db_dbuser ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT db_dbgroup_name_type_key UNIQUE (name, type)
);
CREATE INDEX ix_db_dbgroup_name ON db_dbgroup (name);
CREATE INDEX ix_db_dbgroup_type ON db_dbgroup (type);

CREATE TABLE db_dbnode (
  id serial PRIMARY KEY,
  uuid uuid CONSTRAINT uq_db_dbnode_uuid UNIQUE,
  type varchar(255),
  label varchar(255),
  description text,
  ctime timestamptz,
  mtime timestamptz,
  nodeversion integer,
  public boolean,
  attributes jsonb,
  extras jsonb,
  dbcomputer_id integer REFERENCES db_dbcomputer ON DELETE RESTRICT DEFERRABLE INITIALLY DEFERRED,
  user_id integer NOT NULL REFERENCES db_dbuser ON DELETE RESTRICT DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX ix_db_dbnode_label ON db_dbnode (label);
CREATE INDEX ix_db_dbnode_type ON db_dbnode (type);
CREATE INDEX db_dbnode_type_like ON db_dbnode (type varchar_pattern_ops);
CREATE INDEX ix_db_dbnode_dbcomputer_id ON db_dbnode (dbcomputer_id);
CREATE INDEX ix_db_dbnode_user_id ON db_dbnode (user_id);

CREATE TABLE db_dbcalcstate (
  id serial PRIMARY KEY,
  dbnode_id integer REFERENCES db_dbnode ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
  state varchar(255),
  time timestamptz,
  CONSTRAINT db_dbcalcstate_dbnode_id_state_key UNIQUE (dbnode_id, state)
);
CREATE INDEX ix_db_dbcalcstate_state ON db_dbcalcstate (state);

CREATE TABLE db_dbgroup_dbnodes (
  id serial PRIMARY KEY,
  dbnode_id integer REFERENCES db_dbnode DEFERRABLE INITIALLY DEFERRED,
  dbgroup_id integer REFERENCES db_dbgroup DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT db_dbgroup_dbnodes_dbgroup_id_dbnode_id_key UNIQUE (dbgroup_id, dbnode_id)
);
CREATE INDEX ix_db_dbgroup_dbnodes_dbnode_id ON db_dbgroup_dbnodes (dbnode_id);

CREATE TABLE db_dblink (
  id serial PRIMARY KEY,
  input_id integer REFERENCES db_dbnode DEFERRABLE INITIALLY DEFERRED,
  output_id integer REFERENCES db_dbnode ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
  label varchar(255) NOT NULL,
  type varchar(255)
);
CREATE INDEX ix_db_dblink_input_id ON db_dblink (input_id);
CREATE INDEX ix_db_dblink_label ON db_dblink (label);
CREATE INDEX ix_db_dblink_output_id ON db_dblink (output_id);

CREATE TABLE db_dbcomment (
  id serial PRIMARY KEY,
  uuid uuid,
  dbnode_id integer REFERENCES db_dbnode ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
  ctime timestamptz,
  mtime timestamptz,
  user_id integer REFERENCES db_dbuser ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
  content text
);

CREATE TABLE db_dblog (
  id serial PRIMARY KEY,
  time timestamptz,
  loggername varchar(255),
  levelname varchar(255),
  objname varchar(255),
  objpk integer,
  message text,
  metadata jsonb
);
CREATE INDEX ix_db_dblog_levelname ON db_dblog (levelname);
CREATE INDEX ix_db_dblog_loggername ON db_dblog (loggername);
