// SPDX-License-Identifier: MIT
#include "store/soci_connection.hpp"

#include <soci/soci.h>

#include <array>
#include <cassert>
#include <iterator>
#include <list>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "sql/qualify.hpp"
#include "store/no_memory.hpp"
#include "store/too_large.hpp"

namespace restapi::store {
namespace {

// A client can make ever new statements, and lists of any length as their values. What is small and used often is
// prepared once; what is large is sent with its values, and the server plans it for just these.
constexpr std::size_t most_kept_statements = 64;
constexpr std::size_t most_kept_bytes = std::size_t{64} << 10;        // of their texts
constexpr std::size_t largest_kept_statement = std::size_t{4} << 10;  // text and values

std::size_t bytes_of(sql::Statement const& statement) {
  auto bytes = statement.text().size();
  for (auto const& value : statement.values())
    if (auto const* text = std::get_if<std::string>(&value)) bytes += text->size();
  return bytes;
}

/// Rows that were there, and too many: libpq has made room for them.
bool has_come_in_vain(soci::soci_error const& error) { return is_too_large(error) || is_no_memory(error); }

struct InTheWay final : soci::soci_error {
  InTheWay() : soci_error("a program has waited to write to the file") {}
};

struct ChangedAgain final : soci::soci_error {
  explicit ChangedAgain(std::string const& why = "it is being written over")
      : soci_error("the file has changed: " + why) {}
};

}  // namespace

bool has_grown_by(Rows const& rows) {
  constexpr std::size_t largest_lasting_row = std::size_t{4} << 20;
  if (rows.bytes() <= largest_lasting_row) return false;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    std::size_t bytes = 0;
    for (std::size_t column = 0; column < rows.width(); ++column) bytes += rows.at(row, column).value_or("").size();
    if (bytes > largest_lasting_row) return true;
  }
  return false;
}

std::vector<std::string> texts_of(std::span<model::Value const> values, sql::Dialect const& dialect) {
  std::vector<std::string> texts;
  texts.reserve(values.size());
  for (auto const& value : values) {
    auto wire = dialect.wire(value);
    auto const* integer = std::get_if<std::int64_t>(&wire);
    texts.push_back(integer ? std::to_string(*integer) : std::get<std::string>(std::move(wire)));
  }
  return texts;
}

/// A statement with the places where its values and cells stand. The places are referred to by SOCI: they must not
/// move, so the vectors are sized once.
class SociConnection::Prepared {
 public:
  /// `once`: it is read once, and the server keeps nothing of it.
  Prepared(soci::session& session, sql::Statement const& statement, sql::Dialect const& dialect,
           std::string_view schema, bool once)
      : dialect_(dialect),
        statement_(session),
        texts_(statement.values().size()),
        integers_(texts_.size()),
        cells_(statement.width()),
        indicators_(statement.width()) {
    statement_.alloc();
    statement_.prepare(sql::qualify(statement.text(), schema),
                       once ? soci::details::st_one_time_query : soci::details::st_repeatable_query);
    for (std::size_t i = 0; i < cells_.size(); ++i) statement_.exchange(soci::into(cells_[i], indicators_[i]));
    for (std::size_t i = 0; i < texts_.size(); ++i) {
      if (std::holds_alternative<std::int64_t>(dialect_.wire(statement.values()[i])))
        statement_.exchange(soci::use(integers_[i]));
      else
        statement_.exchange(soci::use(texts_[i]));
    }
    statement_.define_and_bind();
  }

  Call call(sql::Statement const& statement) { return {statement_, texts_of(statement.values(), dialect_)}; }

  Rows read(sql::Statement const& statement, Driver& driver, std::shared_ptr<MemoryBudget> memory) {
    assert(statement.values().size() == texts_.size());
    for (std::size_t i = 0; i < texts_.size(); ++i) {
      auto wire = dialect_.wire(statement.values()[i]);
      if (auto const* integer = std::get_if<std::int64_t>(&wire))
        integers_[i] = *integer;
      else
        texts_[i] = std::get<std::string>(std::move(wire));
    }
    auto const largest = largest_of(statement);
    statement_.execute(false);
    if (auto rows = driver.rows_of(statement_, memory, largest)) return *std::move(rows);
    Rows rows(cells_.size(), std::move(memory));
    while (statement_.fetch()) {
      for (std::size_t i = 0; i < cells_.size(); ++i) {
        if (indicators_[i] != soci::i_null && !rows.make_room(cells_[i].size())) throw_no_memory();
        rows.add(indicators_[i] == soci::i_null ? std::nullopt : std::optional<std::string_view>(cells_[i]));
      }
      if (rows.bytes() > largest) throw_too_large(largest);
    }
    forget_what_was_read(driver);
    return rows;
  }

 private:
  // A statement that is kept holds on to nothing but room for small cells.
  void forget_what_was_read(Driver& driver) {
    constexpr std::size_t small = 1024;
    driver.forget_rows(statement_);
    for (auto& cell : cells_)
      if (cell.capacity() > small) std::string().swap(cell);
  }

  sql::Dialect const& dialect_;
  soci::statement statement_;
  std::vector<std::string> texts_;
  std::vector<long long> integers_;
  std::vector<std::string> cells_;
  std::vector<soci::indicator> indicators_;
};

struct SociConnection::State {
  State(std::unique_ptr<Driver> of, std::shared_ptr<SchemaName const> in)
      : driver(std::move(of)), schema(std::move(in)) {
    driver->open(session);
  }
  ~State() { driver->before_close(); }

  std::unique_ptr<Driver> driver;
  std::shared_ptr<SchemaName const> schema;
  bool is_usable = true;
  soci::session session;
  // The text alone says which types its values have: the same text comes from the same columns and operators.
  struct Kept {
    std::string text;
    std::shared_ptr<Prepared> prepared;
  };
  std::list<Kept> kept;  // most recently used first
  std::unordered_map<std::string_view, std::list<Kept>::iterator> by_text;
  std::size_t kept_bytes = 0;

  /// To be held as long as it is used: what is large is not kept here, and what comes next may take its place.
  /// `by_name`: the driver calls it by the name that the server keeps it under.
  std::shared_ptr<Prepared> prepare(sql::Statement const& statement, bool by_name) {
    bool const is_kept = bytes_of(statement) <= largest_kept_statement;
    auto const made = [&](bool once) {
      return std::make_shared<Prepared>(session, statement, driver->dialect(), schema->get(), once);
    };
    if (!is_kept) return made(!by_name);
    if (auto const found = by_text.find(statement.text()); found != by_text.end()) {
      kept.splice(kept.begin(), kept, found->second);
      return found->second->prepared;
    }
    auto const bytes = statement.text().size();
    while (kept.size() == most_kept_statements || kept_bytes + bytes > most_kept_bytes) drop(std::prev(kept.end()));
    kept.push_front({statement.text(), made(false)});
    by_text.emplace(kept.front().text, kept.begin());
    kept_bytes += bytes;
    return kept.front().prepared;
  }

  void look_at_size(Rows const& rows) {
    if (driver->keeps_room_for_rows() && has_grown_by(rows)) is_usable = false;
  }

  void drop(std::list<Kept>::iterator which) {
    kept_bytes -= which->text.size();
    by_text.erase(which->text);
    kept.erase(which);
  }

  /// Between the statement's begin and end: forgetting one talks to the server as well.
  Rows read(sql::Statement const& statement, std::shared_ptr<MemoryBudget> memory) try {
    auto rows = prepare(statement, false)->read(statement, *driver, std::move(memory));
    driver->check_rows();
    look_at_size(rows);
    return rows;
  } catch (soci::soci_error const& error) {
    forget(statement);  // half-read results do not wait for the next user
    if (driver->keeps_room_for_rows() && has_come_in_vain(error)) is_usable = false;
    throw;
  }

  Rows first_batch(sql::Statement const& statement, BatchLimits const& limits) {
    return checked(driver->first_batch(session, statement, sql::qualify(statement.text(), schema->get()), limits));
  }
  Rows next_batch(BatchLimits const& limits) { return checked(driver->next_batch(limits)); }

  Rows checked(Rows rows) {
    driver->check_rows();
    return rows;
  }

  void forget(sql::Statement const& statement) {
    if (auto const found = by_text.find(statement.text()); found != by_text.end()) drop(found->second);
  }
};

/// A statement of a state: while it lives, the driver counts the time.
class SociConnection::Begun {
 public:
  struct Resumes {};

  Begun(State& state, ReadLimits limits)
      : state_(&state), is_up_to_date_(state.driver->begin_statement(std::move(limits))) {}
  Begun(State& state, ReadLimits limits, Resumes) : state_(&state), is_up_to_date_(true) {
    state.driver->resume_statement(std::move(limits));
  }
  ~Begun() { state_->is_usable = state_->driver->end_statement() && state_->is_usable; }
  Begun(Begun const&) = delete;
  Begun& operator=(Begun const&) = delete;
  bool is_up_to_date() const { return is_up_to_date_; }

 private:
  State* const state_;
  bool const is_up_to_date_;
};

SociConnection::SociConnection(std::unique_ptr<Driver> driver, std::shared_ptr<SchemaName const> schema)
    : state_(std::make_unique<State>(std::move(driver), std::move(schema))) {}

SociConnection::~SociConnection() = default;

// What has taken the place of a file may have gone a moment later.
std::unique_ptr<SociConnection::State> SociConnection::open_anew() const try {
  return std::make_unique<State>(state_->driver->anew(), state_->schema);
} catch (soci::soci_error const& error) {
  throw ChangedAgain(error.get_error_message());
}

/// `read`: given the state that the session is in now.
template <class Read>
Rows SociConnection::read_current(ReadLimits const& limits, Read const& read) {
  // A file that was opened just before its last change counts as settled (store/sqlite/served_file.hpp) is another one
  // just after it; not once more.
  constexpr std::size_t most_renewals = 2;
  std::unique_ptr<State> former;  // its lock holds until the new session has one
  std::array<std::optional<Begun>, most_renewals + 1> begun;
  begun.front().emplace(*state_, limits);
  for (std::size_t renewals = 0; !begun.at(renewals)->is_up_to_date(); ++renewals) {
    if (renewals == most_renewals) throw ChangedAgain();
    auto renewed = open_anew();
    former = std::exchange(state_, std::move(renewed));
    ++times_renewed_;
    begun.at(renewals + 1).emplace(*state_, limits);
    begun.at(renewals).reset();
  }
  former.reset();
  return read(*state_);
}

Rows SociConnection::read(sql::Statement const& statement, ReadLimits limits) {
  return read_current(limits, [&](State& state) { return state.read(statement, limits.memory); });
}

Rows SociConnection::first_batch(sql::Statement const& statement, ReadLimits limits) {
  largest_batch_ = largest_of(statement);
  BatchLimits const batch{largest_batch_, limits.memory};
  return read_current(limits, [&](State& state) { return state.first_batch(statement, batch); });
}

Rows SociConnection::next_batch(ReadLimits limits) {
  BatchLimits const batch{largest_batch_, limits.memory};
  Begun const resumed(*state_, std::move(limits), Begun::Resumes{});
  return state_->next_batch(batch);
}

void SociConnection::look_between_batches() {
  if (state_->driver->is_in_the_way()) throw InTheWay();
}

std::vector<Rows> SociConnection::read_together(std::span<sql::Statement const* const> statements, ReadLimits limits) {
  Begun const begun(*state_, std::move(limits));
  std::vector<std::shared_ptr<Prepared>> all;
  all.reserve(statements.size());
  try {
    std::vector<Call> calls;
    calls.reserve(statements.size());
    for (auto const* statement : statements) {
      all.push_back(state_->prepare(*statement, true));
      calls.push_back(all.back()->call(*statement));
    }
    auto together = state_->driver->read_together(state_->session, calls);
    if (together.has_grown) state_->is_usable = false;
    return std::move(together.rows);
  } catch (...) {
    state_->is_usable = false;  // answers may be on their way
    throw;
  }
}

Failure SociConnection::why_failed(soci::soci_error const& error) {
  if (is_too_large(error)) return Failure::too_large;
  if (dynamic_cast<ChangedAgain const*>(&error) || dynamic_cast<InTheWay const*>(&error)) return Failure::interrupted;
  if (is_no_memory(error)) return Failure::no_memory;
  return state_->driver->why_failed(state_->session, error);
}

Server SociConnection::server() const { return state_->driver->server(); }

bool SociConnection::is_usable() const { return state_->is_usable; }

}  // namespace restapi::store
