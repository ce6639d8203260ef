// SPDX-License-Identifier: MIT
#include "api/cache/totals.hpp"

#include <algorithm>

#include "base/held_bytes.hpp"
#include "sql/entities_read.hpp"

namespace restapi::api {
namespace {

std::size_t bytes_of(IdHistogram const& histogram) {
  return allocated(sizeof(IdHistogram) + control_block) +
         allocated(histogram.buckets.capacity() * sizeof histogram.buckets[0]);
}

}  // namespace

// A statement's text and values say which rows it counts.
std::string Totals::key_of(sql::Statement const& statement, sql::Dialect const& dialect) const {
  auto key = profile_;
  key += '\0';
  key += statement.text();
  for (auto const& value : statement.values()) {
    auto const wire = dialect.wire(value);
    key += '\0';
    if (auto const* integer = std::get_if<std::int64_t>(&wire))
      key += std::to_string(*integer);
    else
      key += std::get<std::string>(wire);
  }
  return key;
}

std::optional<std::int64_t> Totals::find(sql::Dialect const& dialect, query::ListPlan const& plan,
                                         std::optional<sql::NeighboursOf> neighbours,
                                         std::optional<store::Version> const& version) {
  if (!version) return std::nullopt;
  auto const known = known_.find(key_of(sql::compile_count(plan, neighbours, dialect), dialect), *version);
  return known ? std::optional(known->total) : std::nullopt;
}

void Totals::keep(store::Reader const& store, query::ListPlan const& plan, std::optional<sql::NeighboursOf> neighbours,
                  std::optional<store::Version> const& version, std::int64_t total) {
  if (!version || !store.has_versions()) return;
  auto const& dialect = store.dialect();
  auto const statement = sql::compile_count(plan, neighbours, dialect);
  known_.insert(key_of(statement, dialect), *version, sql::entities_read(statement),
                std::make_shared<IdHistogram>(IdHistogram{total}), bytes_of({total}));
}

Result<std::shared_ptr<IdHistogram const>> Totals::histogram(store::Reader& store, query::ListPlan const& plan,
                                                             store::Version const& version) {
  auto const statement = sql::compile_buckets(plan, store.dialect());
  auto key = key_of(statement, store.dialect());
  if (auto known = known_.find(key, version)) return known;
  auto const rows = store.read(statement);
  if (!rows) return rows.error();
  auto histogram = std::make_shared<IdHistogram>();
  for (std::size_t row = 0; row < rows->size(); ++row) {
    histogram->buckets.emplace_back(rows->integer_at(row, 0), rows->integer_at(row, 1));
    histogram->total += histogram->buckets.back().second;
  }
  histogram->buckets.shrink_to_fit();
  std::ranges::sort(histogram->buckets);
  std::shared_ptr<IdHistogram const> result = histogram;
  if (store.has_versions())
    known_.insert(std::move(key), version, sql::entities_read(statement), result, bytes_of(*result));
  return result;
}

std::optional<sql::Start> find_start(IdHistogram const& histogram, query::Window window, bool descending) {
  auto rows = window.offset;
  auto const find = [&](auto begin, auto end) -> std::optional<sql::Start> {
    for (auto bucket = begin; bucket != end; ++bucket) {
      if (rows < bucket->second) {
        auto const first = bucket->first * sql::ids_a_bucket;
        return sql::Start{descending ? first + sql::ids_a_bucket - 1 : first, rows};
      }
      rows -= bucket->second;
    }
    return std::nullopt;
  };
  return descending ? find(histogram.buckets.rbegin(), histogram.buckets.rend())
                    : find(histogram.buckets.begin(), histogram.buckets.end());
}

}  // namespace restapi::api
