// SPDX-License-Identifier: MIT
#include "store/changes/installed_state.hpp"

#include <fmt/format.h>

#include "sql/feed/setup.hpp"

namespace restapi::store {

using namespace sql::feed;

InstalledState installed_state(Rows const& row) {
  InstalledState found;
  found.role = row.at(0, 0) == "true" ? Role::standby : Role::primary;
  found.epoch = row.at(0, 1).value_or("");
  auto const version = row.integer_at(0, 2);
  auto const fire = row.integer_at(0, 4), should = 4 * row.integer_at(0, 5);
  if (version != setup_version)
    found.why_not =
        fmt::format("it is of version {}, and this program reads {}: run the setup again", version, setup_version);
  else if (row.at(0, 3) != "true")
    found.why_not = "the database was restored from a dump of another server: run the setup again";
  else if (fire != should)
    found.why_not =
        fmt::format("{} of {} triggers are missing or disabled: run the setup again", should - fire, should);
  else if (row.at(0, 7) != "true")
    found.why_not = "the server's role may not read restapi_feed.change";
  else if (auto const tables = row.at(0, 6))
    found.why_not = fmt::format(
        "row-level security hides rows of {} from the server's role, and what is written down is of all rows", *tables);
  return found;
}

InstalledState not_installed(bool is_there) {
  return {.why_not = is_there
                         ? "the server's role may not read it, or another role than the owner of db_dbnode has made "
                           "it: run the setup again"
                         : "it is not installed"};
}

}  // namespace restapi::store
