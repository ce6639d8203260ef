-- SPDX-License-Identifier: MIT
-- Attributes to draw from: 97 for each kind of node, up to 3 KB, shaped like those that AiiDA and its plugins store.
-- Made once and then joined, so that half a million nodes do not build half a million documents number by number.

CREATE TEMP TABLE sample (
  kind text,
  variant integer,
  attributes jsonb NOT NULL,
  PRIMARY KEY (kind, variant)
);

CREATE FUNCTION pg_temp.length_of(a integer, b integer) RETURNS numeric LANGUAGE sql IMMUTABLE AS
  'SELECT round((a * 0.7310517 + b * 0.0172931) % 10, 7)';

CREATE FUNCTION pg_temp.cell(number integer) RETURNS jsonb LANGUAGE sql IMMUTABLE AS
  'SELECT jsonb_build_object(''pbc1'', true, ''pbc2'', true, ''pbc3'', number % 7 > 0, ''cell'', jsonb_build_array(
     jsonb_build_array(pg_temp.length_of(1, number), 0.0, 0.0),
     jsonb_build_array(pg_temp.length_of(2, number), pg_temp.length_of(3, number), 0.0),
     jsonb_build_array(pg_temp.length_of(4, number), pg_temp.length_of(5, number), pg_temp.length_of(6, number))))';

-- Two to forty-one sites: the longest have about 3 KB.
INSERT INTO sample
SELECT 'structure', number, pg_temp.cell(number) || jsonb_build_object(
  'kinds', jsonb_build_array(
    jsonb_build_object('name', 'Si', 'symbols', '["Si"]'::jsonb, 'weights', '[1.0]'::jsonb, 'mass', 28.0855),
    jsonb_build_object('name', 'O', 'symbols', '["O"]'::jsonb, 'weights', '[1.0]'::jsonb, 'mass', 15.9994)),
  'sites', (
    SELECT jsonb_agg(jsonb_build_object(
      'kind_name', CASE WHEN site % 3 = 0 THEN 'Si' ELSE 'O' END,
      'position', jsonb_build_array(pg_temp.length_of(site, number), pg_temp.length_of(site + 7, number),
                                    pg_temp.length_of(site + 13, number))))
    FROM generate_series(1, 2 + number % 40) AS site))
FROM generate_series(0, 96) AS number;

INSERT INTO sample
SELECT 'kpoints', number, pg_temp.cell(number) || jsonb_build_object(
  'mesh', jsonb_build_array(2 + number % 9, 2 + number % 9, 2 + number % 5), 'offset', '[0.0, 0.0, 0.0]'::jsonb)
FROM generate_series(0, 96) AS number;

INSERT INTO sample
SELECT 'bands', number, pg_temp.cell(number) || jsonb_build_object(
  'units', 'eV', 'array|bands', jsonb_build_array(120 + number, 12 + number % 20),
  'array|kpoints', jsonb_build_array(120 + number, 3),
  'labels', '["GAMMA", "X", "U", "K", "GAMMA", "L", "W", "X"]'::jsonb,
  'label_numbers', jsonb_build_array(0, 24, 32, 33, 59, 80, 97, 119 + number))
FROM generate_series(0, 96) AS number;

INSERT INTO sample
SELECT 'trajectory', number, jsonb_build_object(
  'symbols', (SELECT jsonb_agg(CASE WHEN site % 3 = 0 THEN 'Si' ELSE 'O' END)
              FROM generate_series(1, 2 + number % 40) AS site),
  'array|steps', jsonb_build_array(number), 'array|cells', jsonb_build_array(number, 3, 3),
  'array|positions', jsonb_build_array(number, 2 + number % 40, 3),
  'units|positions', 'angstrom', 'units|energies', 'eV', 'array|energies', jsonb_build_array(number))
FROM generate_series(0, 96) AS number;

-- What a code was told, or what a parser found: twelve to forty-four numbers with names.
INSERT INTO sample
SELECT 'dict', number, jsonb_object_agg(
    quantity || CASE WHEN repeat = 0 THEN '' ELSE '_' || repeat END, round(number * 17.31 / (repeat + 3), 8))
  || jsonb_build_object('energy_units', 'eV', 'creator_name', 'pwscf', 'creator_version', '6.8',
                        'symmetries_units', 'crystal', 'wall_time', number || 'm12.4s')
FROM generate_series(0, 96) AS number,
  generate_series(0, number % 4) AS repeat,
  unnest(ARRAY['energy', 'fermi_energy', 'energy_accuracy', 'energy_ewald', 'energy_hartree', 'energy_xc',
               'number_of_electrons', 'volume', 'total_force', 'wfc_cutoff', 'rho_cutoff']) AS quantity
GROUP BY number;

INSERT INTO sample
SELECT 'scalar', number, jsonb_build_object('value', number * 0.25, 'source', jsonb_build_object(
  'db_name', 'Collection of invented constants', 'db_uri', 'https://constants.example.org/collection',
  'id', 'constant/' || number, 'version', '2.' || number % 9, 'license', 'CC-BY-4.0',
  'uri', 'https://constants.example.org/collection/constant/' || number, 'source_md5', md5('scalar' || number)))
FROM generate_series(0, 96) AS number;

INSERT INTO sample
SELECT 'process', number, jsonb_build_object(
  'sealed', true, 'process_label', CASE WHEN number % 4 = 0 THEN 'PwBandsWorkChain' ELSE 'PwCalculation' END,
  'version', jsonb_build_object('core', '2.6.3', 'plugin', '4.7.' || number % 10),
  'withmpi', true, 'resources', jsonb_build_object('num_machines', 1 + number % 4, 'num_mpiprocs_per_machine', 32),
  'input_filename', 'aiida.in', 'output_filename', 'aiida.out', 'scheduler_state', 'done',
  'parser_name', 'quantumespresso.pw',
  'retrieve_list', jsonb_build_array('aiida.out', './out/aiida.save/data-file-schema.xml', '_scheduler-stdout.txt',
                                     '_scheduler-stderr.txt'),
  'remote_workdir', '/scratch/aiida/' || md5('process' || number),
  'submit_script_filename', '_aiidasubmit.sh', 'max_wallclock_seconds', 3600 + 60 * number,
  'last_job_info', jsonb_build_object(
    'title', 'aiida-' || number, 'queue_name', 'normal', 'job_state', 'done', 'annotation', 'None',
    'raw_data', (SELECT jsonb_agg(md5(number || '/' || line)) FROM generate_series(1, 2 + number % 30) AS line)))
FROM generate_series(0, 96) AS number;

INSERT INTO sample
SELECT 'remote', number, jsonb_build_object(
  'remote_path', '/scratch/aiida/' || substr(md5('remote' || number), 1, 2) || '/' || md5('remote' || number))
FROM generate_series(0, 96) AS number;

INSERT INTO sample SELECT 'folder', number, '{}' FROM generate_series(0, 96) AS number;

INSERT INTO sample
SELECT 'code', number, jsonb_build_object(
  'input_plugin', 'quantumespresso.pw', 'with_mpi', true, 'use_double_quotes', false,
  'filepath_executable', '/opt/codes/espresso-6.' || number || '/bin/pw.x', 'append_text', '',
  'prepend_text', repeat('module load compiler/2023 mpi/4.1 espresso/6.' || number || E'\n', 1 + number % 8))
FROM generate_series(0, 96) AS number;

INSERT INTO sample
SELECT 'upf', number, jsonb_build_object(
  'element', (ARRAY['Si', 'O', 'Ga', 'As', 'C', 'Fe'])[1 + number % 6], 'md5', md5('upf' || number),
  'filename', 'pseudo-' || number || '.upf', 'z_valence', 4 + number % 12)
FROM generate_series(0, 96) AS number;

INSERT INTO sample
SELECT 'cif', number, jsonb_build_object(
  'filename', 'entry-' || number || '.cif', 'md5', md5('cif' || number), 'scan_type', 'standard',
  'parse_policy', 'lazy',
  'formulae', jsonb_build_array('Si' || 1 + number % 4 || ' O' || 2 + number % 8),
  'spacegroup_numbers', jsonb_build_array((1 + number * 2)::text))
FROM generate_series(0, 96) AS number;

ANALYZE sample;
