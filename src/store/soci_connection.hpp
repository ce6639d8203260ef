// SPDX-License-Identifier: MIT
/// A connection with a session of its own: statements are prepared once, through SOCI.
#pragma once

#include <memory>

#include "store/connection.hpp"
#include "store/driver.hpp"
#include "store/postgresql/schema_choice.hpp"

namespace restapi::store {

class SociConnection final : public Connection {
 public:
  /// Opens it. Throws soci_error. May block for as long as the other side likes. `schema`: of AiiDA's tables; asked for
  /// when a statement is prepared.
  SociConnection(std::unique_ptr<Driver> driver, std::shared_ptr<SchemaName const> schema);
  ~SociConnection() override;

  /// Prepares a small statement the first time its text is seen, then reuses it; of these only so many are kept, in
  /// number and in bytes. A large one, or one with large values, is planned each time for the values that it has.
  Rows read(sql::Statement const& statement, ReadLimits limits) override;

  /// Driver::read_together.
  std::vector<Rows> read_together(std::span<sql::Statement const* const> statements, ReadLimits limits) override;

  Rows first_batch(sql::Statement const& statement, ReadLimits limits) override;
  Rows next_batch(ReadLimits limits) override;
  void look_between_batches() override;
  Failure why_failed(soci::soci_error const& error) override;
  Server server() const override;
  bool is_usable() const override;
  unsigned times_renewed() const override { return times_renewed_; }

 private:
  class Prepared;
  struct State;
  class Begun;

  std::unique_ptr<State> open_anew() const;
  template <class Read>
  Rows read_current(ReadLimits const& limits, Read const& read);

  std::unique_ptr<State> state_;
  unsigned times_renewed_ = 0;
  std::size_t largest_batch_ = 0;  // of the rows of a statement that is read in batches, in bytes
};

}  // namespace restapi::store
