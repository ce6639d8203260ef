// SPDX-License-Identifier: MIT
/// Opens databases as the options say: at the start, for somebody at a terminal, and later, for whoever asks.
#pragma once

#include <atomic>
#include <memory>
#include <optional>

#include "api/options.hpp"
#include "api/signals.hpp"
#include "base/result.hpp"
#include "store/source.hpp"
#include "store/store.hpp"

namespace restapi::api {

class StoreOpener {
 public:
  /// `connections`: to each database, at most. `memory`: of the rows of all stores together.
  StoreOpener(Options const& options, unsigned connections, store::Surroundings surroundings,
              std::shared_ptr<MemoryBudget> memory);

  /// Errors: source_refused. Any thread, many at once; until stop().
  Result<std::unique_ptr<store::Store>> open(store::FoundSource const& found) const;

  /// The same, with the progress of a long unpacking on standard error; a database server that is away is waited for as
  /// long as the options say. Nothing where one of the signals has ended that. The thread of the signals.
  std::optional<Result<std::unique_ptr<store::Store>>> open_at_start(store::FoundSource const& found,
                                                                     Signals const& signals) const;

  /// Ends what is being unpacked, and leaves nothing of it. Any thread.
  void stop() { is_stopped_ = true; }

 private:
  store::Surroundings surroundings_;
  store::StoreOptions store_options_;
  std::chrono::seconds wait_;
  std::atomic<bool> is_stopped_ = false;
};

}  // namespace restapi::api
