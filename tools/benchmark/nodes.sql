-- SPDX-License-Identifier: MIT
-- Users, computers, :nodes nodes and groups. The nodes come in blocks of twenty: a workflow with two calculation jobs
-- and what goes in and out, which gives the proportions of a profile that computes band structures. Block by block over
-- three years; every hundredth id is missing, as if it had been deleted.

INSERT INTO db_dbuser (id, email, first_name, last_name, institution)
SELECT number, 'user' || number || '@example.org', (ARRAY['Ada', 'Noor', 'Ivo', 'Mei', 'Sam'])[number],
  (ARRAY['Ferrante', 'Haddad', 'Novak', 'Lin', 'Okafor'])[number], 'Institute for Imaginary Materials'
FROM generate_series(1, 5) AS number;

INSERT INTO db_dbcomputer (id, uuid, label, hostname, description, scheduler_type, transport_type, metadata)
SELECT number, md5('computer' || number)::uuid, 'cluster-' || number, 'cluster-' || number || '.example.org',
  'A cluster with ' || number * 128 || ' nodes',
  (ARRAY['core.slurm', 'core.slurm', 'core.pbspro', 'core.direct'])[number], 'core.ssh',
  jsonb_build_object('workdir', '/scratch/aiida', 'shebang', '#!/bin/bash', 'default_mpiprocs_per_machine', 32)
FROM generate_series(1, 4) AS number;

-- The node of a running number, counted from 1 without gaps.
CREATE FUNCTION pg_temp.id_of(number integer) RETURNS integer LANGUAGE sql IMMUTABLE AS
  'SELECT number + (number - 1) / 99';

CREATE TEMP TABLE place (slot integer PRIMARY KEY, kind text, node_type text, process_type text);
INSERT INTO place VALUES
  (0, 'structure', 'data.core.structure.StructureData.', NULL),
  (1, 'kpoints', 'data.core.array.kpoints.KpointsData.', NULL),
  (2, 'dict', 'data.core.dict.Dict.', NULL),
  (3, 'scalar', 'data.core.int.Int.', NULL),
  (4, 'scalar', 'data.core.float.Float.', NULL),
  (5, 'process', 'process.workflow.workchain.WorkChainNode.', 'aiida.workflows:quantumespresso.pw.bands'),
  (6, 'process', 'process.calculation.calcfunction.CalcFunctionNode.', 'aiida_tools.structure.primitive'),
  (7, 'structure', 'data.core.structure.StructureData.', NULL),
  (8, 'dict', 'data.core.dict.Dict.', NULL),
  (9, 'process', 'process.calculation.calcjob.CalcJobNode.', 'aiida.calculations:quantumespresso.pw'),
  (10, 'remote', 'data.core.remote.RemoteData.', NULL),
  (11, 'folder', 'data.core.folder.FolderData.', NULL),
  (12, 'dict', 'data.core.dict.Dict.', NULL),
  (13, 'trajectory', 'data.core.array.trajectory.TrajectoryData.', NULL),
  (14, 'process', 'process.calculation.calcjob.CalcJobNode.', 'aiida.calculations:quantumespresso.pw'),
  (15, 'remote', 'data.core.remote.RemoteData.', NULL),
  (16, 'folder', 'data.core.folder.FolderData.', NULL),
  (17, 'bands', 'data.core.array.bands.BandsData.', NULL),
  (18, 'dict', 'data.core.dict.Dict.', NULL),
  -- The last place of a block goes round: a code, ten pseudo-potentials, thirty-nine CIF files.
  (100, 'code', 'data.core.code.installed.InstalledCode.', NULL),
  (101, 'upf', 'data.core.upf.UpfData.', NULL),
  (102, 'cif', 'data.core.cif.CifData.', NULL);

INSERT INTO db_dbnode (id, uuid, node_type, process_type, label, description, ctime, mtime, attributes, extras,
                       repository_metadata, dbcomputer_id, user_id)
SELECT
  pg_temp.id_of(number),
  overlay(overlay(md5('node' || number) PLACING '4' FROM 13) PLACING 'a' FROM 17)::uuid,
  node_type,
  process_type,
  CASE kind WHEN 'structure' THEN 'structure ' || number WHEN 'code' THEN 'pw-' || block / 50 ELSE '' END,
  CASE WHEN slot IN (0, 5) THEN 'Band structure ' || block ELSE '' END,
  time,
  time + make_interval(mins => number % 240),
  attributes || CASE kind
    WHEN 'process' THEN jsonb_build_object(
      'process_state', CASE block % 100 WHEN 13 THEN 'excepted' WHEN 37 THEN 'killed' WHEN 71 THEN 'waiting'
                       ELSE 'finished' END,
      'exit_status', CASE WHEN block % 100 IN (13, 37, 71) THEN NULL WHEN block % 17 = 0 THEN 410 ELSE 0 END,
      'job_id', (1000000 + number)::text)
    WHEN 'remote' THEN '{}'
    ELSE jsonb_build_object('serial', number) END,
  jsonb_build_object('_aiida_hash', md5('hash' || number) || md5('more' || number)),
  CASE WHEN kind IN ('folder', 'upf', 'cif') THEN jsonb_build_object('o', jsonb_build_object(
    'content', jsonb_build_object('k', md5('file' || number) || md5('same' || number)))) ELSE '{}' END,
  CASE WHEN slot IN (9, 10, 14, 15, 100) THEN 1 + block % 4 END,
  1 + block % 5
FROM (
  SELECT number, block,
    CASE WHEN (number - 1) % 20 < 19 THEN (number - 1) % 20
         WHEN block % 50 = 0 THEN 100 WHEN block % 50 <= 10 THEN 101 ELSE 102 END AS slot,
    timestamptz '2021-03-01 08:00:00Z' + (interval '3 years' / :nodes) * number
      + make_interval(secs => number % 13 * 0.173) AS time
  FROM generate_series(1, :nodes) AS number, LATERAL (SELECT (number - 1) / 20 AS block) AS blocks
) AS numbered
JOIN place USING (slot)
JOIN sample USING (kind)
WHERE variant = (number * 31 + block) % 97
ORDER BY number;

INSERT INTO db_dbgroup (id, uuid, label, type_string, time, description, extras, user_id)
SELECT number, md5('group' || number)::uuid, 'group-' || number,
  CASE WHEN number % 8 = 0 THEN 'pseudo.family' WHEN number % 3 = 0 THEN 'core.auto' ELSE 'core' END,
  timestamptz '2021-03-01 09:00:00Z' + make_interval(days => number * 27), 'Materials of campaign ' || number, '{}',
  1 + number % 5
FROM generate_series(1, 40) AS number;

INSERT INTO db_dbgroup_dbnodes (dbnode_id, dbgroup_id)
SELECT pg_temp.id_of(number), 1 + number % 200 / 5
FROM generate_series(1, :nodes) AS number
WHERE number % 5 = 0;
