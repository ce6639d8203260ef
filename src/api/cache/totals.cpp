// SPDX-License-Identifier: MIT
#include "api/cache/totals.hpp"

#include <algorithm>

#include "base/held_bytes.hpp"
#include "base/small_text.hpp"
#include "sql/entities_read.hpp"

namespace restapi::api {
namespace {

// Three strings, of which the last one is as long as transactions are many that run at the same time.
constexpr std::size_t of_since = 512;

std::size_t bytes_of(IdHistogram const& histogram) {
  return allocated(sizeof(IdHistogram) + control_block) +
         allocated(histogram.buckets.capacity() * sizeof histogram.buckets[0]) + (histogram.since ? of_since : 0);
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
  auto known = known_.find(key_of(sql::compile_count(plan, neighbours, dialect), dialect), *version);
  if (!known && !neighbours) known = known_.find(key_of(sql::compile_buckets(plan, dialect), dialect), *version);
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

std::string Totals::aged_key_of(sql::Dialect const& dialect, query::ListPlan const& plan,
                                std::string_view opening) const {
  return std::string(opening) + '\n' + key_of(sql::compile_count(plan, std::nullopt, dialect), dialect);
}

std::variant<AgedTotals::Total, std::unique_ptr<AgedTotals::Counting>> Totals::ask_aged(
    sql::Dialect const& dialect, query::ListPlan const& plan, std::string_view opening, bool exact,
    std::stop_token const& gone) const {
  if (!aged_) return std::unique_ptr<AgedTotals::Counting>();
  return aged_->totals.ask(aged_key_of(dialect, plan, opening), exact ? AgedTotals::Clock::duration() : aged_->most,
                           gone);
}

bool Totals::has_aged(sql::Dialect const& dialect, query::ListPlan const& plan, std::string_view opening) const {
  return aged_ && aged_->most.count() > 0 && aged_->totals.has(aged_key_of(dialect, plan, opening), aged_->most);
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
  histogram->since = version.since;
  std::shared_ptr<IdHistogram const> result = histogram;
  if (store.has_versions())
    known_.insert(std::move(key), version, sql::entities_read(statement), result, bytes_of(*result));
  return result;
}

Result<std::shared_ptr<IdHistogram const>> Totals::earlier_histogram(store::Reader& store, query::ListPlan const& plan,
                                                                     store::Version const& version) {
  auto [known, state] = known_.find_any(key_of(sql::compile_buckets(plan, store.dialect()), store.dialect()));
  if (known && known->since && state == version.state) return std::move(known);
  return histogram(store, plan, version);
}

void Totals::keep(store::Reader const& store, query::ListPlan const& plan, store::Version const& version,
                  std::shared_ptr<IdHistogram const> histogram) {
  if (!store.has_versions()) return;
  auto const statement = sql::compile_buckets(plan, store.dialect());
  auto const bytes = bytes_of(*histogram);
  known_.insert(key_of(statement, store.dialect()), version, sql::entities_read(statement), std::move(histogram),
                bytes);
}

void Totals::forget(store::Reader const& store, query::ListPlan const& plan) {
  known_.erase(key_of(sql::compile_buckets(plan, store.dialect()), store.dialect()));
}

// What is below the floor may have been removed.
std::shared_ptr<IdHistogram const> with_changes(IdHistogram const& histogram, std::string_view changes,
                                                std::shared_ptr<sql::feed::Since const> since) {
  auto const epoch = take_part(changes, ' ');
  auto const floor = number_in<std::uint64_t>(take_part(changes, ' '));
  if (epoch != histogram.since->epoch || !floor || histogram.since->oldest < *floor || changes == "all") return nullptr;
  auto changed = std::make_shared<IdHistogram>(IdHistogram{histogram.total, histogram.buckets, std::move(since)});
  while (!changes.empty()) {
    auto one = take_part(changes, ',');
    auto const bucket = number_in<std::int64_t>(take_part(one, ':')), rows = number_in<std::int64_t>(one);
    if (!bucket || !rows) return nullptr;
    auto const place =
        std::ranges::lower_bound(changed->buckets, *bucket, {}, &std::pair<std::int64_t, std::int64_t>::first);
    bool const is_there = place != changed->buckets.end() && place->first == *bucket;
    changed->total += *rows - (is_there ? place->second : 0);
    if (is_there && *rows > 0)
      place->second = *rows;
    else if (is_there)
      changed->buckets.erase(place);
    else if (*rows > 0)
      changed->buckets.emplace(place, *bucket, *rows);
  }
  return changed;
}

std::int64_t most_buckets(IdHistogram const& histogram) {
  constexpr std::size_t part = 4, least = 8;
  return static_cast<std::int64_t>(std::max(histogram.buckets.size() / part, least));
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
