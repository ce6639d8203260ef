// SPDX-License-Identifier: MIT
/// Opens databases as the options say: at the start, for somebody at a terminal, and later, for whoever asks.
#pragma once

#include <atomic>
#include <memory>
#include <optional>

#include "app/signals.hpp"
#include "base/result.hpp"
#include "config/options.hpp"
#include "source/source.hpp"
#include "store/store.hpp"

namespace restapi::app {

class StoreOpener {
 public:
  /// `connections`: to each database, at most. `memory`: of the rows of all stores together.
  StoreOpener(config::Options const& options, unsigned connections, source::SourceContext context,
              std::shared_ptr<MemoryBudget> memory);

  /// Errors: source_refused. Any thread, many at once; until stop().
  Result<std::shared_ptr<store::Store>> open(source::FoundSource const& found) const;

  /// The same, with the progress of a long unpacking on standard error; a database server that is away is waited for as
  /// long as the options say. Nothing where one of the signals has ended that. The thread of the signals.
  std::optional<Result<std::shared_ptr<store::Store>>> open_at_start(source::FoundSource const& found,
                                                                     Signals const& signals) const;

  /// Ends what is being unpacked, and leaves nothing of it. Any thread.
  void stop() { is_stopped_ = true; }

 private:
  source::SourceContext context_;
  store::StoreOptions store_options_;
  std::chrono::seconds wait_;
  std::atomic<bool> is_stopped_ = false;
};

}  // namespace restapi::app
