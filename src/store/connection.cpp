#include "store/connection.hpp"

#include <soci/soci.h>

#include <cassert>
#include <list>
#include <string>
#include <unordered_map>
#include <vector>

namespace restapi::store {
namespace {

struct TooLarge final : soci::soci_error {
  TooLarge() : soci_error("more than " + std::to_string(largest_rows) + " bytes of rows") {}
};

struct NoMemory final : soci::soci_error {
  NoMemory() : soci_error("no memory left for rows: other answers have it") {}
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

  Rows read(sql::Statement const& statement, std::shared_ptr<MemoryBudget> memory) {
    assert(statement.values().size() == texts_.size());
    for (std::size_t i = 0; i < texts_.size(); ++i) {
      auto wire = dialect_.wire(statement.values()[i]);
      if (auto const* integer = std::get_if<std::int64_t>(&wire))
        integers_[i] = *integer;
      else
        texts_[i] = std::get<std::string>(std::move(wire));
    }
    Rows rows(cells_.size(), std::move(memory));
    statement_.execute(false);
    while (statement_.fetch()) {
      for (std::size_t i = 0; i < cells_.size(); ++i) {
        if (indicators_[i] != soci::i_null && !rows.make_room(cells_[i].size())) throw NoMemory();
        rows.add(indicators_[i] == soci::i_null ? std::nullopt : std::optional<std::string_view>(cells_[i]));
      }
      if (rows.bytes() > largest_rows) throw TooLarge();
    }
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

  ~State() { driver->before_close(); }

  /// While it lives, the driver counts the time.
  struct Limited {
    Limited(State& of, Patience patience) : state(of) { state.driver->begin_statement(std::move(patience)); }
    ~Limited() { state.is_usable = state.driver->end_statement() && state.is_usable; }
    Limited(Limited const&) = delete;
    Limited& operator=(Limited const&) = delete;
    State& state;
  };

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

  void forget(sql::Statement const& statement) {
    if (auto const found = by_text.find(statement.text()); found != by_text.end()) {
      auto const position = found->second;
      by_text.erase(found);
      prepared.erase(position);
    }
  }
};

Connection::Connection(std::unique_ptr<Driver> driver) : state_(std::make_unique<State>()) {
  state_->driver = std::move(driver);
  state_->driver->open(state_->session);
}

Connection::~Connection() = default;

Rows Connection::read(sql::Statement const& statement, Patience patience) {
  auto memory = patience.memory;
  State::Limited const limited(*state_, std::move(patience));  // forgetting a statement talks to the server as well
  try {
    return state_->prepare(statement).read(statement, std::move(memory));
  } catch (soci::soci_error const&) {
    state_->forget(statement);  // half-read results do not wait for the next user
    throw;
  }
}

std::vector<Rows> Connection::read_together(std::span<sql::Statement const* const> statements, Patience patience) {
  assert(statements.size() < State::max_prepared);  // none of them makes room for another one
  State::Limited const limited(*state_, std::move(patience));
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
  if (dynamic_cast<NoMemory const*>(&error)) return Failure::no_memory;
  return state_->driver->why_failed(state_->session, error);
}

Server Connection::server() const { return state_->driver->server(); }

bool Connection::is_usable() const { return state_->is_usable; }

}  // namespace restapi::store
