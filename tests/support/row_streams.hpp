// SPDX-License-Identifier: MIT
/// Stores with thousands of rows, and streams of them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <vector>

#include "store/row_stream.hpp"
#include "support/generated_nodes.hpp"
#include "support/stores.hpp"

namespace restapi::test {

inline constexpr int many = 3'000;

inline std::string generated(int first, int count) {
  auto sql = insert_nodes;
  for (int i = 0; i < count; ++i) sql += (i == 0 ? "" : ", ") + node_row(first + i, "data.core.int.Int.", "generated");
  return sql;
}

inline void run(OpenedStore const& opened, std::string const& sql) {
  if (opened.database)
    opened.database->run(sql);
  else
    make_sqlite_file(opened.source, sql);
}

/// With `many` nodes that are labelled "generated", from 10000 on.
inline std::unique_ptr<OpenedStore> store_of_many(source::Engine engine, store::StoreOptions const& options = {}) {
  auto opened = open_fixture(Fixture::generation2, engine, options);
  run(*opened, generated(10'000, many));
  return opened;
}

inline sql::Statement statement(sql::Fragment text, std::size_t width = 1) {
  sql::Statement made("test", width);
  made.add(text);
  return made;
}

inline sql::Statement all_generated() {
  sql::Statement made("test", 2);
  made.add("SELECT CAST(n.id AS text), n.uuid FROM @db_dbnode AS n WHERE n.label = ").bind(std::string("generated"));
  made.add(" AND n.id >= ").bind(std::int64_t{10'000});
  made.add(" ORDER BY n.id");
  return made;
}

inline std::unique_ptr<store::RowStream> stream(store::Store& store, sql::Statement const& statement,
                                                std::stop_token const& gone = {}) {
  auto rows = store.stream(statement, gone);
  if (!rows) throw std::runtime_error(rows.error().message + ": " + rows.error().detail);
  return *std::move(rows);
}

/// The first cell of each row.
struct Read {
  std::vector<std::string> cells = {};
  std::size_t batches = 0;
  std::size_t largest = 0;  // bytes
  std::optional<Error> error = {};
};

inline Read rest_of(store::RowStream& rows) {
  Read read;
  for (;;) {
    auto const batch = rows.next();
    if (!batch) {
      read.error = batch.error();
      return read;
    }
    if (batch->empty()) return read;
    ++read.batches;
    read.largest = std::max(read.largest, batch->bytes());
    for (std::size_t row = 0; row < batch->size(); ++row) read.cells.emplace_back(batch->at(row, 0).value_or("NULL"));
  }
}

inline std::vector<std::string> expected(int first, int count) {
  std::vector<std::string> ids;
  for (int i = 0; i < count; ++i) ids.push_back(std::to_string(first + i));
  return ids;
}

}  // namespace restapi::test
