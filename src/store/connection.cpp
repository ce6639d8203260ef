#include "store/connection.hpp"

#include <soci/soci.h>

#include <cassert>
#include <list>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace restapi::store {
namespace {

constexpr std::size_t largest_cell_kept = std::size_t{64} << 10;

struct TooLarge final : soci::soci_error {
  explicit TooLarge(std::size_t largest) : soci_error("more than " + std::to_string(largest) + " bytes of rows") {}
};

struct ChangedAgain final : soci::soci_error {
  ChangedAgain() : soci_error("the file is being written over") {}
};

}  // namespace

/// A statement that the server has parsed, with the places where its values and cells stand. The places are
/// referred to by SOCI: they must not move, so the vectors are sized once.
class Connection::Prepared {
 public:
  Prepared(soci::session& session, sql::Statement const& statement, sql::Dialect const& dialect)
      : dialect_(dialect),
        statement_(session),
        texts_(statement.values().size()),
        integers_(texts_.size()),
        cells_(statement.width()),
        indicators_(statement.width()) {
    statement_.alloc();
    statement_.prepare(statement.text());
    for (std::size_t i = 0; i < cells_.size(); ++i) statement_.exchange(soci::into(cells_[i], indicators_[i]));
    for (std::size_t i = 0; i < texts_.size(); ++i) {
      if (std::holds_alternative<std::int64_t>(dialect_.wire(statement.values()[i])))
        statement_.exchange(soci::use(integers_[i]));
      else
        statement_.exchange(soci::use(texts_[i]));
    }
    statement_.define_and_bind();
  }

  Call call(sql::Statement const& statement) {
    Call call{statement_, {}};
    call.values.reserve(statement.values().size());
    for (auto const& value : statement.values()) {
      auto wire = dialect_.wire(value);
      auto const* integer = std::get_if<std::int64_t>(&wire);
      call.values.push_back(integer ? std::to_string(*integer) : std::get<std::string>(std::move(wire)));
    }
    return call;
  }

  Rows read(sql::Statement const& statement, Driver& driver) {
    assert(statement.values().size() == texts_.size());
    for (std::size_t i = 0; i < texts_.size(); ++i) {
      auto wire = dialect_.wire(statement.values()[i]);
      if (auto const* integer = std::get_if<std::int64_t>(&wire))
        integers_[i] = *integer;
      else
        texts_[i] = std::get<std::string>(std::move(wire));
    }
    auto const largest = statement.is_for_document() ? largest_rows : largest_list;
    statement_.execute(false);
    if (auto rows = driver.rows_of(statement_, largest)) return *std::move(rows);
    Rows rows(cells_.size());
    while (statement_.fetch()) {
      for (std::size_t i = 0; i < cells_.size(); ++i)
        rows.add(indicators_[i] == soci::i_null ? std::nullopt : std::optional<std::string_view>(cells_[i]));
      if (rows.bytes() > largest) throw TooLarge(largest);
    }
    for (auto& cell : cells_)  // a large one must not stay with the statement
      if (cell.capacity() > largest_cell_kept) cell = {};
    return rows;
  }

 private:
  sql::Dialect const& dialect_;
  soci::statement statement_;
  std::vector<std::string> texts_;
  std::vector<long long> integers_;
  std::vector<std::string> cells_;
  std::vector<soci::indicator> indicators_;
};

struct Connection::State {
  // A client can make ever new statements by adding filters; the least recently used one makes room.
  static constexpr std::size_t max_prepared = 64;

  explicit State(std::unique_ptr<Driver> of) : driver(std::move(of)) { driver->open(session); }
  ~State() { driver->before_close(); }

  std::unique_ptr<Driver> driver;
  bool is_usable = true;
  soci::session session;
  // The text alone says which types its values have: the same text comes from the same columns and operators.
  std::list<std::pair<std::string, Prepared>> prepared;  // most recently used first
  std::unordered_map<std::string_view, std::list<std::pair<std::string, Prepared>>::iterator> by_text;

  Prepared& prepare(sql::Statement const& statement) {
    if (auto const found = by_text.find(statement.text()); found != by_text.end()) {
      prepared.splice(prepared.begin(), prepared, found->second);
      return found->second->second;
    }
    if (prepared.size() == max_prepared) {
      by_text.erase(prepared.back().first);
      prepared.pop_back();
    }
    prepared.emplace_front(std::piecewise_construct, std::forward_as_tuple(statement.text()),
                           std::forward_as_tuple(session, statement, driver->dialect()));
    by_text.emplace(prepared.front().first, prepared.begin());
    return prepared.front().second;
  }

  /// Between the statement's begin and end: forgetting one talks to the server as well.
  Rows read(sql::Statement const& statement) try {
    auto rows = prepare(statement).read(statement, *driver);
    driver->check_rows();
    return rows;
  } catch (soci::soci_error const&) {
    forget(statement);  // half-read results do not wait for the next user
    throw;
  }

  void forget(sql::Statement const& statement) {
    if (auto const found = by_text.find(statement.text()); found != by_text.end()) {
      auto const position = found->second;
      by_text.erase(found);
      prepared.erase(position);
    }
  }
};

/// A statement of a state: while it lives, the driver counts the time.
class Connection::Begun {
 public:
  Begun(State& state, Patience patience)
      : state_(&state), is_up_to_date_(state.driver->begin_statement(std::move(patience))) {}
  ~Begun() { state_->is_usable = state_->driver->end_statement() && state_->is_usable; }
  Begun(Begun const&) = delete;
  Begun& operator=(Begun const&) = delete;
  bool is_up_to_date() const { return is_up_to_date_; }

 private:
  State* const state_;
  bool const is_up_to_date_;
};

Connection::Connection(std::unique_ptr<Driver> driver) : state_(std::make_unique<State>(std::move(driver))) {}

Connection::~Connection() = default;

Rows Connection::read(sql::Statement const& statement, Patience patience) {
  std::unique_ptr<State> former;  // its lock holds until the new session has one
  auto begun = std::make_optional<Begun>(*state_, patience);
  if (!begun->is_up_to_date()) {
    auto renewed = std::make_unique<State>(state_->driver->anew());
    former = std::exchange(state_, std::move(renewed));
    ++times_renewed_;
    Begun const again(*state_, std::move(patience));
    if (!again.is_up_to_date()) throw ChangedAgain();
    begun.reset();
    former.reset();
    return state_->read(statement);
  }
  return state_->read(statement);
}

std::vector<Rows> Connection::read_together(std::span<sql::Statement const* const> statements, Patience patience) {
  assert(statements.size() < State::max_prepared);  // none of them makes room for another one
  Begun const begun(*state_, std::move(patience));
  try {
    std::vector<Call> calls;
    calls.reserve(statements.size());
    for (auto const* statement : statements) calls.push_back(state_->prepare(*statement).call(*statement));
    return state_->driver->read_together(state_->session, calls);
  } catch (...) {
    state_->is_usable = false;  // answers may be on their way
    throw;
  }
}

Failure Connection::why_failed(soci::soci_error const& error) {
  if (dynamic_cast<TooLarge const*>(&error)) return Failure::too_large;
  if (dynamic_cast<ChangedAgain const*>(&error)) return Failure::interrupted;
  return state_->driver->why_failed(state_->session, error);
}

Server Connection::server() const { return state_->driver->server(); }

bool Connection::is_usable() const { return state_->is_usable; }

}  // namespace restapi::store
