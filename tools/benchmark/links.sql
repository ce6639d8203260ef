-- SPDX-License-Identifier: MIT
-- About two links a node: within its block, and from the codes and pseudo-potentials of an earlier block. The input of
-- a link has always the smaller id.

CREATE TEMP TABLE bond (source integer, target integer, label text, type text);
INSERT INTO bond VALUES
  (0, 5, 'structure', 'input_work'), (1, 5, 'kpoints', 'input_work'), (2, 5, 'parameters', 'input_work'),
  (3, 5, 'max_iterations', 'input_work'), (4, 5, 'kpoints_distance', 'input_work'),
  (5, 6, 'primitive', 'call_calc'), (0, 6, 'structure', 'input_calc'), (4, 6, 'tolerance', 'input_calc'),
  (6, 7, 'result', 'create'),
  (5, 9, 'relax', 'call_calc'), (7, 9, 'structure', 'input_calc'), (1, 9, 'kpoints', 'input_calc'),
  (2, 9, 'parameters', 'input_calc'), (8, 9, 'settings', 'input_calc'),
  (9, 10, 'remote_folder', 'create'), (9, 11, 'retrieved', 'create'), (9, 12, 'output_parameters', 'create'),
  (9, 13, 'output_trajectory', 'create'),
  (5, 14, 'bands', 'call_calc'), (7, 14, 'structure', 'input_calc'), (1, 14, 'kpoints', 'input_calc'),
  (2, 14, 'parameters', 'input_calc'), (8, 14, 'settings', 'input_calc'), (10, 14, 'parent_folder', 'input_calc'),
  (14, 15, 'remote_folder', 'create'), (14, 16, 'retrieved', 'create'), (14, 17, 'output_band', 'create'),
  (14, 18, 'output_parameters', 'create'),
  (5, 7, 'primitive_structure', 'return'), (5, 12, 'scf_parameters', 'return'), (5, 17, 'band_structure', 'return'),
  (5, 18, 'band_parameters', 'return');

INSERT INTO db_dblink (input_id, output_id, label, type)
SELECT pg_temp.id_of(source_number), pg_temp.id_of(target_number), label, type
FROM (
  SELECT block, block * 20 + source + 1 AS source_number, block * 20 + target + 1 AS target_number, label, type
  FROM generate_series(0, (:nodes - 1) / 20) AS block, bond
  UNION ALL
  -- The last place of a block that is a multiple of fifty is a code …
  SELECT block, (block - 1) / 50 * 1000 + 20, block * 20 + target + 1, 'code', 'input_calc'
  FROM generate_series(1, (:nodes - 1) / 20) AS block, unnest(ARRAY[9, 14]) AS target
  UNION ALL
  -- … and that of the ten that follow it a pseudo-potential.
  SELECT block, ((block - 1) / 50 - 1) * 1000 + (1 + block % 10) * 20 + 20, block * 20 + target + 1,
    'pseudos__Si', 'input_calc'
  FROM generate_series(51, (:nodes - 1) / 20) AS block, unnest(ARRAY[9, 14]) AS target
) AS numbered
WHERE target_number <= :nodes
ORDER BY block, target_number, source_number;
