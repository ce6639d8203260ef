// SPDX-License-Identifier: MIT
#include "api/lists.hpp"

#include <algorithm>
#include <iterator>
#include <memory>
#include <nlohmann/json.hpp>
#include <utility>
#include <variant>

#include "sql/compile.hpp"
#include "sql/entities_read.hpp"

namespace restapi::api {
namespace {

/// So often what changes while it is read is read once more.
constexpr int most_tries = 4;

Error changes_too_fast() {
  return {Code::store_unavailable, "the data changed while they were read", "try again in a few seconds"};
}

/// Whether the rows read show how many there are in all: a window that is not full ends where the list ends. Counting
/// costs a pass over the table.
std::optional<std::int64_t> shown_total(query::Window window, std::size_t rows_read) {
  auto const read = static_cast<std::int64_t>(rows_read);
  if (read < window.limit && (read > 0 || window.offset == 0)) return window.offset + read;
  return std::nullopt;
}

/// Of a statement's plan (sql::compile_estimate()).
std::int64_t estimated_rows(store::Rows const& plan) {
  auto const json = nlohmann::json::parse(plan.empty() ? "" : plan.at(0, 0).value_or(""), nullptr, false);
  nlohmann::json::json_pointer const rows("/0/Plan/Plan Rows");
  if (!json.contains(rows) || !json[rows].is_number()) return 0;
  return static_cast<std::int64_t>(json[rows].get<double>());
}

bool is_unchanged(ReadContext const& context) {
  auto const now = context.version ? context.store.version() : Result<std::optional<store::Version>>(std::nullopt);
  return now && *now && agree(**now, *context.version, context.entities);
}

/// Fits the rows that have just been read. It is looked up before the version is asked for: what is kept under a
/// version may be newer, and is of it only if the version has not changed after that.
std::optional<std::int64_t> known_total(query::ListPlan const& list, std::optional<sql::NeighboursOf> neighbours,
                                        ReadContext const& context) {
  auto const total = context.totals.find(context.store.dialect(), list, neighbours, context.version);
  return total && is_unchanged(context) ? total : std::nullopt;
}

bool is_descending(query::ListPlan const& list) { return !list.order.empty() && list.order.front().descending; }

/// Reads one list, each step only where those before it have not led to it.
class ListReading {
 public:
  ListReading(query::ListPlan const& list, ReadContext const& context) : list_(list), context_(context) {}

  Result<CountedRows> run(std::optional<Result<store::Rows>> first) {
    if (list_.total != query::Total::exact) return read_uncounted(std::move(first));
    if (list_.after) return read_behind();
    // Where the list was counted before, one statement does. Otherwise its rows may show that nothing has to be
    // counted.
    if (is_by_changes_ && (is_deep_ || (!first && context_.totals.has_histogram(list_, dialect())))) {
      auto read = read_with_changes(is_deep_);
      if (!read) return std::move(read).error();
      if (*read) return **std::move(read);
    }
    if (context_.version && is_deep_) {
      auto read = read_deep();
      if (read && is_unchanged(context_)) return read;
      // Where ids are far apart, the histogram is larger than what it spares.
      if (!read && read.error().code != Code::answer_too_large) return read;
    }
    auto rows = first ? *std::move(first) : context_.store.read(sql::compile_list(list_, std::nullopt, dialect()));
    if (!rows) return std::move(rows).error();
    auto total = shown_total(list_.window, rows->size());
    if (!total) total = known_total(list_, std::nullopt, context_);
    if (total) return counted(*std::move(rows), 0, *total);
    if (is_by_changes_ && !rows->empty()) {
      auto read = read_with_changes(false);
      if (!read) return std::move(read).error();
      if (*read) return **std::move(read);
    }
    return count(*std::move(rows));
  }

 private:
  sql::Dialect const& dialect() const { return context_.store.dialect(); }

  CountedRows counted(store::Rows rows, std::size_t first_column, std::optional<std::int64_t> total) const {
    // In a file of a stranger, rows may have the same id: there a page of ids finds more rows than it has ids.
    bool const has_more = list_.reads_one_more() && std::ssize(rows) > list_.window.limit;
    rows.keep(static_cast<std::size_t>(list_.window.limit));
    return {std::move(rows), first_column, total, {}, false, has_more};
  }

  /// Rows alone, behind a position or not.
  Result<store::Rows> read_rows() const {
    if (list_.after && !list_.after->empty()) {
      auto rows = context_.store.read(sql::compile_list_without_nulls(list_, dialect()));
      // There may be some without a value in the first term.
      if (!rows || std::ssize(*rows) > list_.window.limit) return rows;
    }
    return context_.store.read(sql::compile_list(list_, std::nullopt, dialect()));
  }

  Result<CountedRows> read_behind() const {
    auto rows = read_rows();
    if (!rows) return std::move(rows).error();
    if (auto const total = known_total(list_, std::nullopt, context_)) return counted(*std::move(rows), 0, *total);
    return count(*std::move(rows));
  }

  Result<CountedRows> read_uncounted(std::optional<Result<store::Rows>> first) const {
    auto rows = first ? *std::move(first) : read_rows();
    if (!rows) return std::move(rows).error();
    if (list_.total == query::Total::none) return counted(*std::move(rows), 0, std::nullopt);
    auto const estimate = sql::compile_estimate(list_, dialect());
    if (!estimate) return count(*std::move(rows));
    auto const plan = context_.store.read(*estimate);
    if (!plan) return plan.error();
    auto read = counted(*std::move(rows), 0, {});
    auto const least = list_.after || read.rows.empty() ? 0 : list_.window.offset + std::ssize(read.rows);
    read.total = std::max(estimated_rows(*plan), least);
    read.is_estimated = true;
    return read;
  }

  /// Whether rows of a list of so many would be in the window.
  bool reaches(std::int64_t total) const {
    return !list_.after && list_.window.limit > 0 && total > list_.window.offset;
  }

  /// Whether later only what has changed is to be counted again.
  bool is_counted_by_changes() const {
    static auto const nodes = sql::entities_read(sql::Statement("", 0).add("@db_dbnode"));
    return list_.source.bound->resource->is_node && context_.entities == nodes && context_.version &&
           context_.version->since;
  }

  /// Rows, and what has changed since the list was counted, in one statement. Nothing: there are no rows, or it cannot
  /// be told, or nodes come and go too fast.
  Result<std::optional<CountedRows>> read_with_changes(bool is_deep) const {
    auto& store = context_.store;
    auto const& version = *context_.version;
    for (int i = 0; i < most_tries; ++i) {
      auto const known = context_.totals.earlier_histogram(store, list_, version);
      // Where ids are far apart, the histogram is larger than what it spares.
      if (!known && known.error().code == Code::answer_too_large) break;
      if (!known) return known.error();
      auto const& histogram = **known;
      auto const start = is_deep ? find_start(histogram, list_.window, is_descending(list_)) : std::nullopt;
      if (!histogram.since || (is_deep && !start)) break;
      auto rows =
          store.read(sql::compile_list_and_changes(list_, start, *histogram.since, most_buckets(histogram), dialect()));
      if (!rows) return std::move(rows).error();
      if (rows->empty()) break;
      auto const now = with_changes(histogram, rows->at(0, 0).value_or(""), version.since);
      if (!now) {
        context_.totals.forget(store, list_);
        continue;
      }
      context_.totals.keep(store, list_, version, now);
      if (is_deep && find_start(*now, list_.window, is_descending(list_)) != start) continue;
      return std::optional(counted(*std::move(rows), 1, now->total));
    }
    return std::optional<CountedRows>();
  }

  /// A window with a large offset: the histogram of ids, which is counted once for each version of the data, tells
  /// where it begins, so that the rows before it need not be read.
  Result<CountedRows> read_deep() const {
    auto const histogram = context_.totals.histogram(context_.store, list_, *context_.version);
    if (!histogram) return histogram.error();
    auto const start = find_start(**histogram, list_.window, is_descending(list_));
    if (!start) return CountedRows{store::Rows(0), 0, (*histogram)->total};
    auto rows = context_.store.read(sql::compile_list(list_, start, dialect()));
    if (!rows) return std::move(rows).error();
    return counted(*std::move(rows), 0, (*histogram)->total);
  }

  /// Their number is not known: an aged one does, or they are read once more, together with it; again, where rows come
  /// and go in between.
  Result<CountedRows> count(store::Rows rows) const {
    std::unique_ptr<AgedTotals::Counting> counting;
    if (!is_by_changes_) {
      auto asked =
          context_.totals.ask_aged(dialect(), list_, context_.opening, context_.wants_exact_total, context_.gone);
      if (auto const* const aged = std::get_if<AgedTotals::Total>(&asked)) {
        // There are at least those rows that are shown.
        auto const least = rows.empty() ? 0 : list_.window.offset + std::min(std::ssize(rows), list_.window.limit);
        if (!rows.empty() || !reaches(aged->rows)) {
          auto read = counted(std::move(rows), 0, std::max(aged->rows, least));
          read.total_age = aged->age;
          return read;
        }
      } else {
        counting = std::get<std::unique_ptr<AgedTotals::Counting>>(std::move(asked));
      }
    }
    std::size_t first_column = 0;
    for (int i = 0; i < most_tries; ++i) {
      std::optional<std::int64_t> total;
      if (rows.empty()) {
        auto const number = context_.store.read(sql::compile_count(list_, std::nullopt, dialect()));
        if (!number) return number.error();
        total = number->integer_at(0, 0);
        if (reaches(*total)) total.reset();  // it has grown since
      } else if (first_column > 0) {
        total = rows.integer_at(0, 0);
      }
      if (total) {
        context_.totals.keep(context_.store, list_, std::nullopt, context_.version, *total);
        if (counting) counting->keep(*total);
        return counted(std::move(rows), first_column, *total);
      }
      auto again = context_.store.read(sql::compile_counted_list(list_, dialect()));
      if (!again) return std::move(again).error();
      rows = *std::move(again);
      first_column = 1;
    }
    return changes_too_fast();
  }

  query::ListPlan const& list_;
  ReadContext const& context_;
  bool const is_deep_ = list_.window.offset >= 2 * sql::ids_a_bucket && sql::is_ordered_by_id(list_);
  bool const is_by_changes_ = is_counted_by_changes();
};

/// Reads neighbours until what is read is of one state.
class NeighboursReading {
 public:
  NeighboursReading(query::NeighboursPlan const& plan, NotOne const& not_one, ReadContext const& context)
      : plan_(plan), not_one_(not_one), context_(context) {}

  Result<Neighbours> run(Result<store::Rows> rows) const {
    for (int i = 1;; ++i) {
      auto read = attempt(std::move(rows));
      if (!read) return std::move(read).error();
      if (*read) return **std::move(read);
      if (i == most_tries) return changes_too_fast();
      rows = this->read(sql::compile_neighbours);
    }
  }

 private:
  using Found = std::optional<Neighbours>;  // nothing: the data have changed meanwhile
  using Compile = sql::Statement (*)(query::NeighboursPlan const&, sql::Dialect const&);
  Result<store::Rows> read(Compile compile) const {
    return context_.store.read(compile(plan_, context_.store.dialect()));
  }

  static bool is_of_one(store::Rows const& rows) {
    return !rows.empty() && rows.at(0, 0) && rows.integer_at(0, 0) == rows.integer_at(0, 1);
  }

  Result<Found> attempt(Result<store::Rows> rows) const {
    if (!rows) return std::move(rows).error();
    if (!is_of_one(*rows)) return without_rows();
    auto const& list = plan_.list;
    auto const pk = rows->integer_at(0, 0);
    sql::NeighboursOf const node{plan_.direction, pk};
    auto total = shown_total(list.window, rows->size());
    if (!total) total = known_total(list, node, context_);
    if (total) return found(*std::move(rows), 2, pk, *total);
    rows = read(sql::compile_counted_neighbours);
    if (!rows) return std::move(rows).error();
    if (!is_of_one(*rows) || rows->integer_at(0, 0) != pk) return Found();
    auto const count = rows->integer_at(0, 2);
    context_.totals.keep(context_.store, list, node, context_.version, count);
    return found(*std::move(rows), 3, pk, count);
  }

  /// No neighbours in this window, or no such object, or several.
  Result<Found> without_rows() const {
    auto const number = read(sql::compile_neighbour_count);
    if (!number) return number.error();
    if (!is_of_one(*number)) {
      auto const pks = context_.store.read(sql::compile_pk(plan_.of, context_.store.dialect()));
      if (!pks) return pks.error();
      if (pks->size() != 1) return not_one_(plan_.of, *pks);
      return Found();
    }
    auto const count = number->integer_at(0, 2);
    if (plan_.list.window.limit > 0 && count > plan_.list.window.offset) return Found();
    return found(store::Rows(0), 0, number->integer_at(0, 0), count);
  }

  Result<Found> found(store::Rows rows, std::size_t first_column, std::int64_t pk, std::int64_t total) const {
    rows.keep(static_cast<std::size_t>(plan_.list.window.limit));
    return Found({pk, {std::move(rows), first_column, total}});
  }

  query::NeighboursPlan const& plan_;
  NotOne const& not_one_;
  ReadContext const& context_;
};

}  // namespace

bool is_beginning(query::ListPlan const& list) {
  return list.source.bound->kind.empty() && list.predicates.empty() && list.order.empty() && list.window.offset == 0 &&
         !list.after;
}

Result<CountedRows> read_list(query::ListPlan const& list, std::optional<Result<store::Rows>> first,
                              ReadContext const& context) {
  return ListReading(list, context).run(std::move(first));
}

Result<Neighbours> read_neighbours(query::NeighboursPlan const& plan, Result<store::Rows> first, NotOne const& not_one,
                                   ReadContext const& context) {
  return NeighboursReading(plan, not_one, context).run(std::move(first));
}

}  // namespace restapi::api
