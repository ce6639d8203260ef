// SPDX-License-Identifier: MIT
#include "app/attempt.hpp"

#include <system_error>

namespace restapi::app {

bool is_want_of_threads(std::exception const& failure) {
  auto const* error = dynamic_cast<std::system_error const*>(&failure);
  return error != nullptr && error->code() == std::errc::resource_unavailable_try_again;
}

Error reason_of(std::exception const& failure, std::string const& hint) {
  if (is_want_of_threads(failure))
    return {Code::source_refused, "the system gives this program no more threads",
            "ulimit -u, TasksMax= of systemd and --pids-limit of containers say how many"};
  return {Code::source_refused, failure.what(), hint};
}

}  // namespace restapi::app
