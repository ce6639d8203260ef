// SPDX-License-Identifier: MIT
#include "app/feed_script.hpp"

#include "sql/feed/setup.hpp"

namespace restapi::app {

std::string feed_script(config::Options const& options) {
  if (!options.print_feed_setup.empty())
    return options.print_feed_setup == "sqlite" ? sql::feed::sqlite_setup() : sql::feed::postgresql_setup();
  if (!options.print_feed_removal.empty())
    return options.print_feed_removal == "sqlite" ? sql::feed::sqlite_removal() : sql::feed::postgresql_removal();
  return {};
}

}  // namespace restapi::app
